import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Administrator } from './administrator.ts'

/** In the data folder, beside the keys that are worth more: how `pnpm demo` signs in without asking. */
const FILE = 'administrator.json'

/** Keeps a password that was made up, where only the user who started ARV can read it. */
export async function keepPassword(
  dataDir: string,
  { email, newPassword }: Pick<Administrator, 'email' | 'newPassword'>,
): Promise<void> {
  if (newPassword === undefined) return
  await mkdir(dataDir, { recursive: true })
  const file = join(dataDir, FILE)
  const aside = `${file}.new`
  await rm(aside, { force: true })
  await writeFile(aside, `${JSON.stringify({ email, password: newPassword }, null, 2)}\n`, { mode: 0o600 })
  await rename(aside, file)
}

/** Forgets a password that counts no more. */
export async function forgetPassword(dataDir: string): Promise<void> {
  await rm(join(dataDir, FILE), { force: true })
}

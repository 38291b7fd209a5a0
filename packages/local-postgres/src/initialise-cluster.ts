import { execFile } from 'node:child_process'
import { chown, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { inFolder, LocalPostgresError } from './local-postgres-error.ts'
import { makePrivateFolder, type Place } from './place.ts'

const run = promisify(execFile)

/** The owner of everything in a local server. */
export const OWNER = 'arv'

/**
 * Makes the cluster if there is none. It is made aside and renamed, so that a start that was killed in the
 * middle leaves nothing that looks whole.
 *
 * @throws LocalPostgresError INITIALISATION_FAILED
 */
export async function initialiseCluster(place: Place, password: string, durable: boolean): Promise<void> {
  if (await exists(join(place.cluster, 'PG_VERSION'))) return
  const aside = `${place.cluster}.new`
  const passwordFile = join(dirname(place.cluster), 'password.new')
  try {
    await rm(aside, { recursive: true, force: true })
    await makePrivateFolder(aside, place.user)
    await writeFile(passwordFile, password, { mode: 0o600 })
    if (place.user) await chown(passwordFile, place.user.uid, place.user.gid)
    await runInitdb(place, aside, passwordFile, durable)
    await inFolder(place.cluster, () => rename(aside, place.cluster))
  } finally {
    await rm(passwordFile, { force: true })
  }
}

async function runInitdb(
  place: Place,
  folder: string,
  passwordFile: string,
  durable: boolean,
): Promise<void> {
  const args = [
    `--pgdata=${folder}`,
    `--username=${OWNER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // PostgreSQL's own rules for text: the same on every machine.
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    // Trigrams ask the C library what a letter is.
    `--lc-ctype=${await utf8Locale()}`,
    ...(durable ? [] : ['--no-sync']),
  ]
  try {
    await run(place.binaries.initdb, args, { ...place.user, cwd: folder })
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : ''
    const reason = said.split('\n').at(-1) || String(error)
    throw new LocalPostgresError(
      'INITIALISATION_FAILED',
      `PostgreSQL could not make its files in ${folder}: ${reason}.`,
      error,
    )
  }
}

async function utf8Locale(): Promise<string> {
  const { stdout } = await run('locale', ['-a']).catch(() => ({ stdout: '' }))
  const installed = stdout.split(/\s+/)
  return installed.find((name) => /^(C|en_US)\.utf-?8$/i.test(name)) ?? 'C'
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

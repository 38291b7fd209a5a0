import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ByLogin } from '@arv/database'
import { generateSigningKey } from '@arv/identity'
import { z } from 'zod'
import { codeOf, StartUpError } from './start-up-error.ts'

/** What only this installation knows. */
export interface Secrets {
  /** Ed25519 private JWK, JSON text: signs what gateway and subgraphs say to subgraphs. */
  readonly internalSigningKey: string
  /** Ed25519 private JWK, JSON text: signs users' access tokens. */
  readonly accessTokenSigningKey: string
  /** Signs the addresses of files that are not public. */
  readonly urlSigningKey: string
  readonly loginPasswords: ByLogin<string>
}

/** The variables that give a secret. The logins' passwords are in the logins' addresses. */
export const SECRET_VARIABLES = [
  'ARV_INTERNAL_SIGNING_KEY',
  'ARV_ACCESS_TOKEN_SIGNING_KEY',
  'ARV_URL_SIGNING_KEY',
] as const

const FILE = 'secrets.json'

const stored = z.object({
  internalSigningKey: z.string(),
  accessTokenSigningKey: z.string(),
  urlSigningKey: z.string(),
  loginPasswords: z.object({
    tenancy: z.string(),
    content: z.string(),
    media: z.string(),
    analytics: z.string(),
    viewer: z.string(),
    gateway: z.string().exactOptional(),
  }),
})

/**
 * The secrets: those that are given, else those that an earlier start made and kept in the data folder, where
 * only the user who started it can read them. When all are given, the folder is left alone.
 *
 * @throws StartUpError when the folder can't be used or the file is damaged
 */
export async function openSecrets(dataDir: string, given: Partial<Secrets>): Promise<Secrets> {
  if (areComplete(given)) return given
  const file = join(dataDir, FILE)
  try {
    await mkdir(dataDir, { recursive: true })
    const kept = (await readSecrets(file)) ?? (await keep(file, makeSecrets()))
    return { ...kept, ...given }
  } catch (error) {
    throw folderProblem(dataDir, error) ?? error
  }
}

function areComplete(given: Partial<Secrets>): given is Secrets {
  return stored.safeParse(given).success
}

/** New ones, each of its own. */
export function makeSecrets(): Secrets {
  const password = () => randomBytes(24).toString('base64url')
  return {
    internalSigningKey: generateSigningKey(),
    accessTokenSigningKey: generateSigningKey(),
    urlSigningKey: randomBytes(32).toString('base64url'),
    loginPasswords: {
      tenancy: password(),
      content: password(),
      media: password(),
      analytics: password(),
      viewer: password(),
      gateway: password(),
    },
  }
}

async function readSecrets(file: string): Promise<Secrets | undefined> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return undefined
  const parsed = stored.safeParse(parseJson(text))
  if (parsed.success) return parsed.data
  throw new StartUpError(
    `The file ${file} is damaged: restore it, or remove it to sign everybody out and make a new one.`,
  )
}

async function keep(file: string, secrets: Secrets): Promise<Secrets> {
  const aside = `${file}.new`
  await writeFile(aside, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 })
  await rename(aside, file)
  return secrets
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const FOLDER_PROBLEMS: Record<string, string> = {
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  EROFS: 'the file system is read-only',
  EEXIST: 'it is a file',
  ENOTDIR: 'a part of the path is a file',
  ENOSPC: 'the disk is full',
}

/** What to say when the data folder can't be used; undefined when that is not what happened. */
export function folderProblem(folder: string, error: unknown): StartUpError | undefined {
  const problem = FOLDER_PROBLEMS[codeOf(error) ?? '']
  return problem === undefined
    ? undefined
    : new StartUpError(
        `The data folder ${folder} can't be used: ${problem}. Set ARV_DATA_DIR to another.`,
        error,
      )
}

import { randomBytes } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { LocalPostgresError } from './local-postgres-error.ts'

/** What a server's folder remembers from one start to the next. */
export interface ServerRecord {
  readonly password: string
  readonly port?: number
  /** Where PostgreSQL's own files are. */
  readonly cluster?: string
}

/** The record's name in the folder. */
export const RECORD_FILE = 'server.json'

/** Reads the record, or makes one with a new password. */
export async function readRecord(folder: string): Promise<ServerRecord> {
  const text = await readFile(join(folder, RECORD_FILE), 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return { password: randomBytes(24).toString('base64url') }
  const record = parse(text)
  if (isRecord(record)) return record
  throw new LocalPostgresError(
    'FOLDER_UNUSABLE',
    `The file ${join(folder, RECORD_FILE)} is damaged, and with it the password of the PostgreSQL in this folder.`,
  )
}

/** Only the user who starts the server may read it: it holds the owner's password. */
export async function writeRecord(folder: string, record: ServerRecord): Promise<void> {
  const aside = join(folder, `${RECORD_FILE}.new`)
  await writeFile(aside, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 })
  await rename(aside, join(folder, RECORD_FILE))
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is ServerRecord {
  return (
    typeof value === 'object' &&
    value !== null &&
    'password' in value &&
    typeof value.password === 'string' &&
    (!('port' in value) || typeof value.port === 'number') &&
    (!('cluster' in value) || typeof value.cluster === 'string')
  )
}

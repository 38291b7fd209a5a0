import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { OWNER } from './initialise-cluster.ts'
import { holderOf, OWNER_FILE } from './owner-lock.ts'
import { readRecord, RECORD_FILE } from './server-record.ts'

export type FoundPostgres =
  /** A running process has it. The address holds the password. */
  | { readonly kind: 'running'; readonly ownerUrl: string }
  | { readonly kind: 'ended' }
  /** There never was one in this folder. */
  | { readonly kind: 'none' }

/** Looks for the server of a folder, which another process may run. */
export async function findLocalPostgres(folder: string): Promise<FoundPostgres> {
  const dataDir = resolve(folder)
  if (!existsSync(join(dataDir, RECORD_FILE))) return { kind: 'none' }
  const { password, port } = await readRecord(dataDir)
  if (port === undefined || (await holderOf(join(dataDir, OWNER_FILE))) === undefined)
    return { kind: 'ended' }
  return { kind: 'running', ownerUrl: ownerUrl(password, port) }
}

/** The address of database `arv`, as the superuser who owns it. */
export function ownerUrl(password: string, port: number): string {
  return `postgres://${OWNER}:${password}@127.0.0.1:${port}/${OWNER}`
}

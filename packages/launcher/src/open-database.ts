import { join } from 'node:path'
import {
  type ByLogin,
  DatabaseUnavailableError,
  loginUrls,
  migrateUp,
  NewerSchemaError,
  setLoginPasswords,
} from '@arv/database'
import { type LocalPostgres, startLocalPostgres } from '@arv/local-postgres'
import type { Logger } from 'pino'
import type { Secrets } from './secret-store.ts'
import type { Settings } from './settings.ts'
import { codeOf, StartUpError } from './start-up-error.ts'

/** The database's server, given or our own. */
export interface OpenServer {
  readonly ownerUrl: string
  /** Our own PostgreSQL, when it is that. */
  readonly server: LocalPostgres | undefined
  stop(): Promise<void>
}

/** A database that is up to date, and how to reach it. */
export interface OpenDatabase extends OpenServer {
  readonly urls: ByLogin<string>
  /** The migrations that ran now. */
  readonly migrated: readonly string[]
}

/** Starts our own PostgreSQL unless another is given. */
export async function openServer(
  { dataDir, databaseUrl }: Pick<Settings, 'dataDir' | 'databaseUrl'>,
  logger: Logger,
): Promise<OpenServer> {
  if (databaseUrl !== undefined) return { ownerUrl: databaseUrl, server: undefined, stop: async () => {} }
  const server = await startLocalPostgres({ dataDir: join(dataDir, 'postgres'), logger })
  return { ownerUrl: server.ownerUrl, server, stop: () => server.stop() }
}

/**
 * Opens the server, brings the schema up to date, and sets the logins' passwords.
 *
 * @throws StartUpError, LocalPostgresError or NewerSchemaError, with a sentence for the person who started it
 */
export async function openDatabase(
  settings: Pick<Settings, 'dataDir' | 'databaseUrl' | 'loginUrls'>,
  { loginPasswords }: Pick<Secrets, 'loginPasswords'>,
  logger: Logger,
): Promise<OpenDatabase> {
  const opened = await openServer(settings, logger)
  try {
    const migrated = await explainingAddress(opened, () => migrateUp(opened.ownerUrl))
    await explainingAddress(opened, () => setLoginPasswords(opened.ownerUrl, loginPasswords))
    const urls = settings.loginUrls ?? loginUrls(opened.ownerUrl, loginPasswords)
    return { ...opened, urls, migrated }
  } catch (error) {
    await opened.stop()
    throw error
  }
}

const REASONS: Record<string, string> = {
  '28P01': 'the user or the password is wrong',
  '28000': 'the user may not sign in',
  '3D000': 'there is no such database',
  '42501': 'the user may not do what migrations do: it has to own the database and to have CREATEROLE',
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'there is no such host',
  CONNECT_TIMEOUT: 'nothing answers there',
}

/** Runs what uses the owner's address, and says of an address that was given what is wrong with it. */
export async function explainingAddress<T>(
  { ownerUrl, server }: Pick<OpenServer, 'ownerUrl' | 'server'>,
  act: () => Promise<T>,
): Promise<T> {
  try {
    return await act()
  } catch (error) {
    const reason =
      REASONS[codeOf(error) ?? ''] ??
      (error instanceof DatabaseUnavailableError ? 'it does not answer' : undefined)
    if (server !== undefined || reason === undefined || error instanceof NewerSchemaError) throw error
    const { hostname, port, pathname } = new URL(ownerUrl)
    const place = `${pathname.slice(1)} on ${hostname}:${port || '5432'}`
    throw new StartUpError(`The database of DATABASE_URL (${place}) can't be used: ${reason}.`, error)
  }
}

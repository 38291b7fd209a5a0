import { loadMigrations, type SqlMigration } from '@arv/drizzle/migrations'
import { CompiledQuery, type Kysely, sql } from 'kysely'
import { type Migration, Migrator, NO_MIGRATIONS } from 'kysely/migration'
import { toDatabaseError } from './database-unavailable.ts'
import { kyselyOn } from './kysely-dialect.ts'
import { createPool } from './pool.ts'

/** The database was migrated by a newer ARV than this one. */
export class NewerSchemaError extends Error {
  constructor(migration: string) {
    super(
      `The database holds migration ${migration}, which this version of ARV does not know: start a newer version.`,
    )
    this.name = 'NewerSchemaError'
  }
}

/**
 * Brings the schema up to date, in one transaction under an advisory lock: of many processes one migrates
 * and the others wait for it.
 *
 * @param url the owner's address of the database
 * @returns the names of the migrations that ran
 * @throws NewerSchemaError when the database is ahead of this code
 */
export function migrateUp(url: string): Promise<string[]> {
  return withMigrator(url, (migrator) => migrator.migrateToLatest())
}

/** Takes the newest migration back, or all of them. */
export function migrateDown(url: string, extent: 'one' | 'all'): Promise<string[]> {
  return withMigrator(url, (migrator) =>
    extent === 'one' ? migrator.migrateDown() : migrator.migrateTo(NO_MIGRATIONS),
  )
}

async function withMigrator(
  url: string,
  act: (migrator: Migrator) => ReturnType<Migrator['migrateToLatest']>,
) {
  // Migrations may take as long as they need; a dead server must still not hang the start.
  const pool = createPool(url, { max: 1, statementTimeoutMs: 600_000, transactionTimeoutMs: 600_000 })
  try {
    const connection = await pool.reserve()
    try {
      const known = loadMigrations()
      const db = kyselyOn<AppliedMigrations>(connection)
      await refuseNewerSchema(db, known)
      const migrator = new Migrator({
        db,
        provider: { getMigrations: async () => toKyselyMigrations(known) },
        migrationTableSchema: 'migrations',
        migrationTableName: 'applied',
        migrationLockTableName: 'lock',
      })
      const { error, results } = await act(migrator)
      if (error !== undefined) throw error
      return (results ?? []).map((result) => result.migrationName)
    } finally {
      connection.release()
    }
  } catch (error) {
    throw toDatabaseError(error)
  } finally {
    await pool.end({ timeout: 5 })
  }
}

interface AppliedMigrations {
  'migrations.applied': { name: string }
}

async function refuseNewerSchema(db: Kysely<AppliedMigrations>, known: Record<string, SqlMigration>) {
  const { rows } = await sql<{
    exists: boolean
  }>`select to_regclass('migrations.applied') is not null as exists`.execute(db)
  if (rows[0]?.exists !== true) return
  const applied = await db.selectFrom('migrations.applied').select('name').orderBy('name').execute()
  const unknown = applied.find(({ name }) => !(name in known))
  if (unknown) throw new NewerSchemaError(unknown.name)
}

function toKyselyMigrations(known: Record<string, SqlMigration>): Record<string, Migration> {
  return Object.fromEntries(
    Object.entries(known).map(([name, { up, down }]) => [
      name,
      {
        up: (db) => runScript(db, up),
        down: (db) => runScript(db, down),
      },
    ]),
  )
}

async function runScript(db: Kysely<unknown>, script: string) {
  await db.executeQuery(CompiledQuery.raw(script))
}

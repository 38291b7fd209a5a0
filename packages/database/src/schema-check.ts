import { loadMigrations } from '@arv/drizzle/migrations'
import type { Database } from './database.ts'
import { platform } from './tenant.ts'

/** The schema is not the one that this code was written for. */
export class OtherSchemaError extends Error {
  constructor(difference: string) {
    super(`the schema ${difference}`)
    this.name = 'OtherSchemaError'
  }
}

/** Read once: the files are as many as there are questions, and don't change under a process that runs. */
let known: readonly string[] | undefined

const CHECKER = platform({ kind: 'job', name: 'readiness' })

/**
 * Resolves when exactly this code's migrations have been applied. A schema may change under a process that runs: by a
 * newer version that was started beside it, or by a migration that was taken back.
 *
 * @throws OtherSchemaError when some are missing, or there are others
 */
export async function checkSchema(database: Database): Promise<void> {
  const [row] = await database.read(
    CHECKER,
    ({ sql }) => sql<{ applied: string[] }[]>`select arv.applied_migrations() as applied`,
  )
  const applied = row?.applied ?? []
  known ??= Object.keys(loadMigrations())
  const ours = known
  const newer = applied.find((name) => !ours.includes(name))
  if (newer !== undefined) throw new OtherSchemaError(`is newer than this process: it has ${newer}`)
  const missing = ours.find((name) => !applied.includes(name))
  if (missing !== undefined) throw new OtherSchemaError(`is older than this process: it lacks ${missing}`)
}

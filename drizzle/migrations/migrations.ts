import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as jobs from './0007_jobs.ts'

/** One step of the schema: reviewed SQL, there and back. */
export interface SqlMigration {
  readonly up: string
  readonly down: string
}

/** Every migration by name, in the order in which they apply. */
export function loadMigrations(): Record<string, SqlMigration> {
  const directory = import.meta.dirname
  const text = (file: string) => readFileSync(join(directory, file), 'utf8')
  const written = readdirSync(directory)
    .filter((file) => file.endsWith('.up.sql'))
    .map((file) => file.replace('.up.sql', ''))
    .map((name): [string, SqlMigration] => [
      name,
      { up: text(`${name}.up.sql`), down: text(`${name}.down.sql`) },
    ])
  const all: [string, SqlMigration][] = [...written, ['0007_jobs', { up: jobs.up, down: jobs.down }]]
  return Object.fromEntries(all.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

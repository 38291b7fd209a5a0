import type { Database } from '@arv/database'
import type { Caller } from '@arv/identity'
import { readAsCaller } from '../read-as-caller.ts'
import { createRowLoader, type RowLoader } from '../row-loaders.ts'
import { findProjects, type Project } from './projects.repository.ts'

export function createProjectLoader(database: Database, caller: Caller): RowLoader<Project> {
  return createRowLoader((ids) =>
    readAsCaller(database, caller, (tx, tenant) => findProjects(tx, tenant, ids)),
  )
}

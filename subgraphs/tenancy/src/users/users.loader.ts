import type { Database } from '@arv/database'
import type { Caller } from '@arv/identity'
import { readAsCaller } from '../read-as-caller.ts'
import { createRowLoader, type RowLoader } from '../row-loaders.ts'
import { findUsers, type User } from './users.repository.ts'

export function createUserLoader(database: Database, caller: Caller): RowLoader<User> {
  return createRowLoader((ids) => readAsCaller(database, caller, (tx) => findUsers(tx, ids)))
}

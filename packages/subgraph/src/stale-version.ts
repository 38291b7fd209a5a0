import type { WriteTx } from '@arv/database'
import { fieldsChangedSince } from '@arv/events'
import { conflict, type UserError } from './user-errors.ts'

/** An entity that somebody wants to save over, locked. */
export interface SavedOver {
  /** Its GraphQL type and row id, as the audit log names it. */
  readonly entityType: string
  readonly entityId: number
  readonly version: number
}

/**
 * What an update is told that was made from an older version than the entity's own: which fields others have changed
 * meanwhile. Undefined when `expectedVersion` is not given or is the current one.
 */
export async function staleVersion(
  tx: WriteTx,
  expectedVersion: number | null | undefined,
  { entityType, entityId, version }: SavedOver,
): Promise<UserError | undefined> {
  if (expectedVersion == null || expectedVersion === version) return undefined
  const fields = await fieldsChangedSince(tx, { entityType, entityId, sinceVersion: expectedVersion })
  const what = fields.length > 0 ? ` since (${fields.join(', ')})` : ' since'
  return conflict(
    'expectedVersion',
    `Somebody has changed this${what}: it is at version ${version}. Read it again, and decide anew.`,
  )
}

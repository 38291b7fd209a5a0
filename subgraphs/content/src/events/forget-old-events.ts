import { type Database, platform } from '@arv/database'
import type { JobHandler } from '@arv/jobs'
import { deleteOldEvents } from './retention.repository.ts'

/** Forgets events that are older than any cursor may be, a bounded transaction at a time. */
export function createEventRetentionHandler(database: Database): JobHandler<'events.retention'> {
  const tenant = platform({ kind: 'job', name: 'events.retention' })
  return async (_payload, { signal }) => {
    let isMore = true
    while (isMore && !signal.aborted) isMore = await database.write(tenant, deleteOldEvents)
  }
}

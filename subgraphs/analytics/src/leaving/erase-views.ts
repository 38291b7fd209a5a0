import type { Database } from '@arv/database'
import type { JobHandler, JobSender } from '@arv/jobs'
import { type ErasedTable, eraseRows, finishStep } from '@arv/leaving'

const ERASED_TABLES: readonly ErasedTable[] = [
  { name: 'analytics.view_sessions', key: ['created_at', 'id'] },
  { name: 'analytics.view_session_keys', key: ['session_id'] },
  { name: 'analytics.content_views', key: ['content_id'] },
  { name: 'analytics.video_plays', key: ['video_id'] },
]

/** The job `erasure.views`: who looked at what of a company is forgotten. */
export function eraseViews(deps: {
  readonly database: Database
  readonly jobs: JobSender
}): JobHandler<'erasure.views'> {
  return async ({ companyId }, { signal }) => {
    const isThere = await eraseRows(deps.database, { companyId, step: 'VIEWS', signal }, ERASED_TABLES)
    if (!isThere) return
    await finishStep(deps.database, companyId, 'CONTENTS', (tx) =>
      deps.jobs.send(tx, 'erasure.contents', { companyId }),
    )
  }
}

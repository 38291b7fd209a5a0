import type { Database, WriteTx } from '@arv/database'
import type { JobHandler, JobSender } from '@arv/jobs'
import { type ErasedTable, eraseRows, finishStep } from '@arv/leaving'
import { stopPlaying } from './playing.repository.ts'

/** In the order of their foreign keys; what played when goes with its content. */
const ERASED_TABLES: readonly ErasedTable[] = [
  { name: 'content.rotation_schedules', key: ['id'] },
  { name: 'content.video_captions', key: ['id'] },
  { name: 'content.videos', key: ['id'] },
  { name: 'content.ar_contents', key: ['id'] },
  { name: 'content.portraits', key: ['id'] },
]

/** The job `erasure.contents`: everything that a company showed is removed. */
export function eraseContents(deps: {
  readonly database: Database
  readonly jobs: JobSender
}): JobHandler<'erasure.contents'> {
  return async ({ companyId }, { signal }) => {
    const run = { companyId, step: 'CONTENTS', signal } as const
    // A content and the video that plays in it name each other: the content lets go first.
    if (!(await eraseRows(deps.database, run, []))) return
    await stopPlaying(deps.database, companyId, signal)
    await eraseRows(deps.database, run, ERASED_TABLES)
    const send = (tx: WriteTx) => deps.jobs.send(tx, 'erasure.files', { companyId })
    await finishStep(deps.database, companyId, 'FILES', send)
  }
}

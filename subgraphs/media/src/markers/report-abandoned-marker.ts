import { companies, type Database } from '@arv/database'
import { type JobPayload, type JobSender, MARKER_RUNS } from '@arv/jobs'
import { failed } from './marker-outcomes.ts'

/**
 * The job `marker.abandoned`: the worker of a compilation's last run was killed before it could answer. Nobody may wait
 * for ever, so it is answered here; should that worker live after all, its late success still counts.
 */
export async function reportAbandonedMarker(
  { database, jobs }: { readonly database: Database; readonly jobs: JobSender },
  { companyId, subject, generation, earlierRuns = 0 }: JobPayload<'marker.abandoned'>,
): Promise<void> {
  const tenant = companies([companyId], { kind: 'job', name: 'marker.abandoned' })
  await database.write(tenant, (tx) =>
    jobs.send(tx, 'marker.report', {
      companyId,
      subject,
      generation,
      attempt: earlierRuns + MARKER_RUNS,
      outcome: failed('INTERNAL'),
    }),
  )
}

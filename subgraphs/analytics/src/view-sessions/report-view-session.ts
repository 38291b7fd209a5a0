import type { Database } from '@arv/database'
import { failure, notFound } from '@arv/subgraph'
import { durationProblem, type TrackingQuality } from './view-session.ts'
import { reportSession } from './visits.repository.ts'

interface Report {
  readonly sessionId: string
  readonly videoUniqueId?: string | null | undefined
  readonly durationSeconds: number
  readonly trackingQuality?: TrackingQuality | null | undefined
  readonly videoPlayed: boolean
  readonly videoCompleted?: boolean | null | undefined
  readonly ended?: boolean | null | undefined
}

/** Notes how a visit goes. A report holds totals, so that one which is late or repeated does no harm. */
export async function reportViewSession(database: Database, report: Report) {
  const problem = durationProblem(report.durationSeconds)
  if (problem) return failure(problem)
  const { sessionId } = report
  const known = await reportSession(database, {
    sessionId,
    videoUniqueId: report.videoUniqueId ?? null,
    durationSeconds: report.durationSeconds,
    trackingQuality: report.trackingQuality ?? null,
    videoPlayed: report.videoPlayed,
    videoCompleted: report.videoCompleted ?? false,
    ended: report.ended ?? false,
  })
  return known ? { sessionId, userErrors: [] } : failure(notFound('sessionId', 'visit'))
}

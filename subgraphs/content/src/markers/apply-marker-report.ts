import { companies, type Database } from '@arv/database'
import type { EventWriter } from '@arv/events'
import type { JobHandler, JobSender } from '@arv/jobs'
import type { Logger } from 'pino'
import { readClock } from '../subject-lock.repository.ts'
import { advanceMarker } from './advance-marker.ts'
import { lockMarker, saveMarker } from './markers.repository.ts'

export interface MarkerReportDeps {
  readonly database: Database
  readonly events: EventWriter
  readonly jobs: JobSender
  readonly logger: Logger
}

/**
 * Takes down what a worker reports of a marker. The one place where reports are fenced: what is late, repeated or of
 * something that is gone is dropped, and the job is done.
 */
export function createMarkerReportHandler(deps: MarkerReportDeps): JobHandler<'marker.report'> {
  const { database, events, jobs, logger } = deps
  return async (report) => {
    const { companyId, subject, generation, outcome } = report
    await database.write(companies([companyId], { kind: 'job', name: 'marker.report' }), async (tx) => {
      const marker = await lockMarker(tx, companyId, subject)
      const advanced = marker && advanceMarker(marker, report, await readClock(tx))
      if (!marker || !advanced) {
        logger.info({ report, isGone: marker === null }, 'A report about a marker came too late')
        return
      }
      await saveMarker(tx, companyId, subject, advanced)
      if (advanced.status === marker.status) return
      await events.append(tx, { type: 'marker.status', subject, payload: { status: advanced.status } })
      if (outcome.status !== 'FAILED') return
      const { code } = outcome
      await jobs.send(tx, 'notification.raise', {
        type: 'MARKER_FAILED',
        companyId,
        subject,
        generation,
        code,
      })
    })
  }
}

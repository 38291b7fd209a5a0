import { companies, type Database, type WriteTx } from '@arv/database'
import type { EventWriter } from '@arv/events'
import type { JobHandler, JobPayload, JobSender } from '@arv/jobs'
import type { Logger } from 'pino'
import { readClock } from '../subject-lock.repository.ts'
import { advanceMarker } from './advance-marker.ts'
import type { Marker } from './marker.ts'
import { lockMarker, saveMarker, takeNextImage } from './markers.repository.ts'

export interface MarkerReportDeps {
  readonly database: Database
  readonly events: EventWriter
  readonly jobs: JobSender
  readonly logger: Logger
}

/**
 * Takes down what a worker reports of a marker. The one place where reports are fenced: what is late, repeated or of
 * something that is gone is dropped, and the job is done. A marker file that takes another's place, or comes too late to
 * be of use, leaves nothing: media is told to remove the one that nobody needs.
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
        await discard(tx, jobs, companyId, uselessFile(marker, report))
        return
      }
      await saveMarker(tx, companyId, subject, advanced)
      if (advanced.status === 'COMPLETED') {
        await takeNextImage(tx, companyId, subject)
        await discard(tx, jobs, companyId, marker.fileId)
      }
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

/**
 * The file that a dropped report brought, when no other report can bring it again: one of an earlier request, or of
 * something that is gone. Runs of the present request share their file.
 */
function uselessFile(
  marker: Marker | null,
  { generation, outcome }: JobPayload<'marker.report'>,
): number | null {
  const isOfUse = marker !== null && generation === marker.generation
  return isOfUse || outcome.status !== 'COMPLETED' ? null : outcome.fileId
}

async function discard(
  tx: WriteTx,
  jobs: JobSender,
  companyId: number,
  fileId: number | null,
): Promise<void> {
  if (fileId !== null) await jobs.send(tx, 'assets.discard', { companyId, assetIds: [fileId] })
}

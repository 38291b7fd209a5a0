import type { WriteTx } from '@arv/database'
import type { EventWriter } from '@arv/events'
import type { JobSender } from '@arv/jobs'
import type { ArContent } from '../contents/contents.repository.ts'

/**
 * Tells of the marker that a content was just saved with, and has it compiled if it waits for that: the next image's,
 * if there is one.
 */
export async function requestMarker(
  tx: WriteTx,
  { events, jobs }: { readonly events: EventWriter; readonly jobs: JobSender },
  { id, companyId, imageId, nextImageId, markerStatus: status, markerGeneration: generation }: ArContent,
): Promise<void> {
  const subject = { type: 'content', id } as const
  await events.append(tx, { type: 'marker.status', subject, payload: { status } })
  if (status !== 'PENDING') return
  const image = nextImageId ?? imageId
  await jobs.send(tx, 'marker.compile', { companyId, subject, imageId: image, generation })
}

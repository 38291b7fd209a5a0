import { appendAudit } from '@arv/events'
import type { Failure } from '@arv/subgraph'
import type { ContentContext } from '../context.ts'
import { columnsOf, markerOf, requestAgain } from '../markers/marker.ts'
import { saveMarker } from '../markers/markers.repository.ts'
import { changePortrait } from './change-portrait.ts'
import type { PortraitChanged } from './create-portrait.ts'

/** Asks for a portrait's marker to be compiled anew; reports of earlier requests no longer count. */
export async function regeneratePortraitMarker(
  context: ContentContext,
  { portraitId }: { readonly portraitId: string },
): Promise<PortraitChanged | Failure> {
  const named = { id: portraitId, field: 'portraitId', action: 'regeneratePortraitMarker' } as const
  return changePortrait<PortraitChanged>(context, named, async (tx, portrait) => {
    const { companyId, id, imageId } = portrait
    const subject = { type: 'portrait', id } as const
    const marker = requestAgain(markerOf(portrait))
    const { status, generation } = marker
    await saveMarker(tx, companyId, subject, marker)
    await context.events.append(tx, { type: 'marker.status', subject, payload: { status } })
    await context.jobs.send(tx, 'marker.compile', { companyId, subject, imageId, generation })
    await appendAudit(tx, {
      action: 'marker.regenerate',
      entityType: 'Portrait',
      entityId: id,
      changes: { generation },
    })
    return { portrait: { ...portrait, ...columnsOf(marker) }, userErrors: [] }
  })
}

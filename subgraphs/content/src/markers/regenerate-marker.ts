import { appendAudit } from '@arv/events'
import type { Failure } from '@arv/subgraph'
import type { ContentContext } from '../context.ts'
import { changeContent } from '../contents/change-content.ts'
import { type ArContent, findContents } from '../contents/contents.repository.ts'
import { markerOf, requestAgain } from './marker.ts'
import { saveMarker } from './markers.repository.ts'

export interface MarkerRequested {
  readonly content: ArContent | null
  readonly userErrors: []
}

/** Asks for a content's marker to be compiled anew; reports of earlier requests no longer count. */
export async function regenerateMarker(
  context: ContentContext,
  { contentId }: { readonly contentId: string },
): Promise<MarkerRequested | Failure> {
  return changeContent<MarkerRequested>(
    context,
    { id: contentId, field: 'contentId', action: 'regenerateMarker' },
    async (tx, { content }) => {
      const { companyId, id, imageId } = content
      const subject = { type: 'content', id } as const
      const marker = requestAgain(markerOf(content))
      const { generation } = marker
      await saveMarker(tx, companyId, subject, marker)
      await context.jobs.send(tx, 'marker.compile', { companyId, subject, imageId, generation })
      await context.events.append(tx, { type: 'marker.status', subject, payload: { status: 'PENDING' } })
      await appendAudit(tx, {
        action: 'marker.regenerate',
        entityType: 'ArContent',
        entityId: id,
        changes: { generation },
      })
      const [changed] = await findContents(tx, [id], [companyId])
      return { content: changed ?? null, userErrors: [] }
    },
  )
}

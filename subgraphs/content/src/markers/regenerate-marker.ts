import { appendAudit } from '@arv/events'
import type { Failure } from '@arv/subgraph'
import type { ContentContext } from '../context.ts'
import { changeContent } from '../contents/change-content.ts'
import { type ArContent, findContents } from '../contents/contents.repository.ts'
import { columnsOf, markerOf, requestAgain } from './marker.ts'
import { saveMarker } from './markers.repository.ts'
import { requestMarker } from './request-marker.ts'

export interface MarkerRequested {
  readonly content: ArContent | null
  readonly userErrors: []
}

/** Asks for a content's marker, or that of its next image, to be compiled anew; reports of earlier requests no longer count. */
export async function regenerateMarker(
  context: ContentContext,
  { contentId }: { readonly contentId: string },
): Promise<MarkerRequested | Failure> {
  return changeContent<MarkerRequested>(
    context,
    { id: contentId, field: 'contentId', action: 'regenerateMarker' },
    async (tx, { content }) => {
      const { companyId, id } = content
      const marker = requestAgain(markerOf(content))
      const { generation } = marker
      await saveMarker(tx, companyId, { type: 'content', id }, marker)
      await requestMarker(tx, context, { ...content, ...columnsOf(marker) })
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

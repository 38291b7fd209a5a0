import { badUserInput } from '@arv/subgraph'
import type { ContentContext } from '../context.ts'
import { type EventOf, openEventStream } from '../events/event-stream.ts'
import { requireVisible, type SubscribedTo } from '../events/subscribed-company.ts'

/** A step of a marker, as it was written down when it happened. */
export type MarkerStatusChange = EventOf<'marker.status'>

/** @throws GraphQLError UNAUTHENTICATED, FORBIDDEN, or BAD_USER_INPUT when both content and portrait are named */
export async function markerStatusChanged(
  to: SubscribedTo & { readonly after?: string | null | undefined },
  context: ContentContext,
): Promise<AsyncIterableIterator<MarkerStatusChange>> {
  if (to.contentId != null && to.portraitId != null) {
    throw badUserInput('Name a content or a portrait, not both.', { field: 'portraitId' })
  }
  const { companyId, contentId, portraitId } = await requireVisible(to, context)
  return openEventStream(context.bus, 'marker.status', {
    filter: (event) =>
      event.companyId === companyId &&
      (contentId === null || (event.subject.type === 'content' && event.subject.id === contentId)) &&
      (portraitId === null || (event.subject.type === 'portrait' && event.subject.id === portraitId)),
    after: to.after,
    overflow: 'fail',
  })
}

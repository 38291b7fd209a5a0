import type { ContentContext } from '../context.ts'
import { type EventOf, openEventStream } from '../events/event-stream.ts'
import { requireVisible, type SubscribedTo } from '../events/subscribed-company.ts'

/** Another video plays, as it was written down when it happened. */
export type RotationChange = EventOf<'content.active-video'>

/** @throws GraphQLError UNAUTHENTICATED or FORBIDDEN */
export async function rotationChanged(
  to: Omit<SubscribedTo, 'portraitId'> & { readonly after?: string | null | undefined },
  context: ContentContext,
): Promise<AsyncIterableIterator<RotationChange>> {
  const { companyId, contentId } = await requireVisible(to, context)
  return openEventStream(context.bus, 'content.active-video', {
    filter: (event) =>
      event.companyId === companyId && (contentId === null || event.subject.id === contentId),
    after: to.after,
    overflow: 'fail',
  })
}

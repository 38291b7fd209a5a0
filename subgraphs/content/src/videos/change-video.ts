import type { WriteTx } from '@arv/database'
import type { Action } from '@arv/identity'
import { fromGlobalId } from '@arv/relay'
import { type Failure, failure, notFound } from '@arv/subgraph'
import { changeCompany } from '@arv/subgraph/access'
import type { ContentContext } from '../context.ts'
import { type LockedContent, lockContent } from '../contents/contents.repository.ts'
import { findVideos, type Video } from './videos.repository.ts'

/** Runs a change of one video, which the input names by its global id as `id`, with its content locked. */
export async function changeVideo<T>(
  context: ContentContext,
  { id: globalId, action }: { readonly id: string; readonly action: Action },
  change: (tx: WriteTx, video: Video, locked: LockedContent) => Promise<T>,
): Promise<T | Failure> {
  const missing = notFound('id', 'video')
  const id = fromGlobalId('Video', globalId)
  const [known] = await context.read(async (tx, visible) =>
    id === null ? [] : findVideos(tx, [id], visible),
  )
  if (!known) return failure(missing)
  const { companyId, contentId } = known
  return changeCompany(context.database, context.caller, { companyId, action, missing }, async (tx) => {
    // Its lock puts changes of one content's videos one after the other.
    const locked = await lockContent(tx, companyId, contentId)
    const [video] = await findVideos(tx, [known.id], [companyId])
    return locked && video ? change(tx, video, locked) : failure(missing)
  })
}

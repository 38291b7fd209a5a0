import { fromGlobalId } from '@arv/relay'
import { forbidden } from '@arv/subgraph'
import { actorOf } from '@arv/subgraph/access'
import { companyExists } from '../companies.repository.ts'
import type { ContentContext } from '../context.ts'
import { findContents } from '../contents/contents.repository.ts'
import { findPortraits } from '../portraits/portraits.repository.ts'

/** What a member wants to be told about: one thing, or the whole company. Global ids. */
export interface SubscribedTo {
  readonly companyId: string
  readonly contentId?: string | null | undefined
  readonly portraitId?: string | null | undefined
}

/** The same as row ids; at most one of content and portrait. */
export interface SubscribedIds {
  readonly companyId: number
  readonly contentId: number | null
  readonly portraitId: number | null
}

/**
 * Checks that the caller may see what they subscribe to. What is malformed, foreign or not there is refused in the
 * same words.
 *
 * @throws GraphQLError UNAUTHENTICATED or FORBIDDEN
 */
export async function requireVisible(
  to: SubscribedTo,
  { caller, read }: ContentContext,
): Promise<SubscribedIds> {
  actorOf(caller)
  const companyId = fromGlobalId('Company', to.companyId)
  const contentId = to.contentId == null ? null : fromGlobalId('ArContent', to.contentId)
  const portraitId = to.portraitId == null ? null : fromGlobalId('Portrait', to.portraitId)
  const isVisible = await read(async (tx, visible) => {
    if (companyId === null || !(await companyExists(tx, companyId, visible))) return false
    if (to.contentId != null)
      return contentId !== null && (await findContents(tx, [contentId], [companyId])).length > 0
    if (to.portraitId != null) {
      return portraitId !== null && (await findPortraits(tx, [portraitId], [companyId])).length > 0
    }
    return true
  })
  if (companyId === null || !isVisible) {
    throw forbidden('There is nothing of this id to subscribe to, or it is not yours to see.')
  }
  return { companyId, contentId, portraitId }
}

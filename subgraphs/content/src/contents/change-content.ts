import type { WriteTx } from '@arv/database'
import type { Action } from '@arv/identity'
import { fromGlobalId } from '@arv/relay'
import { type Failure, failure, notFound } from '@arv/subgraph'
import { changeCompany } from '@arv/subgraph/access'
import type { ContentContext } from '../context.ts'
import { findContents, type LockedContent, lockContent, type Presence } from './contents.repository.ts'

/** The content that an input names, and what is done to it. */
export interface NamedContent {
  /** Its global id. */
  readonly id: string
  /** The input's field that holds it. */
  readonly field: string
  readonly action: Action
  /** Whether it may be, or must be, one that was deleted; neither unless given. */
  readonly presence?: Presence
}

/**
 * Runs a change of one content as its company's tenant, with its row locked, so that changes of one content come one
 * after the other.
 */
export async function changeContent<T>(
  context: ContentContext,
  { id, field, action, presence }: NamedContent,
  change: (tx: WriteTx, locked: LockedContent) => Promise<T>,
): Promise<T | Failure> {
  const missing = notFound(field, 'content')
  const contentId = fromGlobalId('ArContent', id)
  const [known] = await context.read(async (tx, visible) =>
    contentId === null ? [] : findContents(tx, [contentId], visible, presence),
  )
  if (!known) return failure(missing)
  const { companyId } = known
  return changeCompany(context.database, context.caller, { companyId, action, missing }, async (tx) => {
    const locked = await lockContent(tx, companyId, known.id, presence)
    return locked ? change(tx, locked) : failure(missing)
  })
}

import type { WriteTx } from '@arv/database'
import type { Action } from '@arv/identity'
import { fromGlobalId } from '@arv/relay'
import { type Failure, failure, notFound } from '@arv/subgraph'
import { changeCompany } from '@arv/subgraph/access'
import type { ContentContext } from '../context.ts'
import { findPortraits, lockPortrait, type Portrait } from './portraits.repository.ts'

/** The portrait that an input names, and what is done to it. */
interface NamedPortrait {
  /** Its global id. */
  readonly id: string
  /** The input's field that holds it. */
  readonly field: string
  readonly action: Action
}

/** Runs a change of one portrait with its row locked, so that changes of one portrait come one after the other. */
export async function changePortrait<T>(
  context: ContentContext,
  { id: globalId, field, action }: NamedPortrait,
  change: (tx: WriteTx, portrait: Portrait) => Promise<T>,
): Promise<T | Failure> {
  const missing = notFound(field, 'portrait')
  const id = fromGlobalId('Portrait', globalId)
  const [known] = await context.read(async (tx, visible) =>
    id === null ? [] : findPortraits(tx, [id], visible),
  )
  if (!known) return failure(missing)
  const { companyId } = known
  return changeCompany(context.database, context.caller, { companyId, action, missing }, async (tx) => {
    const portrait = await lockPortrait(tx, companyId, known.id)
    return portrait ? change(tx, portrait) : failure(missing)
  })
}

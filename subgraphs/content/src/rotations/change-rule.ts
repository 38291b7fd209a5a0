import type { WriteTx } from '@arv/database'
import type { Action } from '@arv/identity'
import { fromGlobalId } from '@arv/relay'
import { type Failure, failure, notFound } from '@arv/subgraph'
import { changeCompany } from '@arv/subgraph/access'
import type { ContentContext } from '../context.ts'
import { type ArContent, type LockedContent, lockContent } from '../contents/contents.repository.ts'
import { BASE_PRIORITY } from './rotation-schedule.ts'
import { findRotations, type RotationSchedule } from './rotations.repository.ts'

export interface RuleChanged {
  readonly rule: RotationSchedule
  readonly content: ArContent
  readonly userErrors: []
}

/** Runs a change of the rule that an input's `id` names, with its content locked. The rotation itself is no rule. */
export async function changeRule<T>(
  context: ContentContext,
  { id, action }: { readonly id: string; readonly action: Action },
  change: (tx: WriteTx, locked: LockedContent, rule: RotationSchedule) => Promise<T>,
): Promise<T | Failure> {
  const missing = notFound('id', 'rule')
  const ruleId = fromGlobalId('RotationSchedule', id)
  const [known] = await context.read(async (tx, visible) =>
    ruleId === null ? [] : findRotations(tx, [ruleId], visible),
  )
  if (!known || known.priority === BASE_PRIORITY) return failure(missing)
  const { companyId, contentId } = known
  return changeCompany(context.database, context.caller, { companyId, action, missing }, async (tx) => {
    const locked = await lockContent(tx, companyId, contentId)
    const [rule] = await findRotations(tx, [known.id], [companyId])
    return locked && rule ? change(tx, locked, rule) : failure(missing)
  })
}

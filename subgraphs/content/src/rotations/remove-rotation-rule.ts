import type { Failure } from '@arv/subgraph'
import type { ContentContext } from '../context.ts'
import type { ArContent } from '../contents/contents.repository.ts'
import { changeRule } from './change-rule.ts'
import { changedContent, dropSchedule, type ScheduleChange } from './change-schedules.ts'

export interface RuleRemoved {
  readonly removedRuleId: number
  readonly content: ArContent
  readonly userErrors: []
}

/** Removes a rule. */
export async function removeRotationRule(
  context: ContentContext,
  { id }: { readonly id: string },
): Promise<RuleRemoved | Failure> {
  const named = { id, action: 'removeRotationRule' } as const
  return changeRule<RuleRemoved | Failure>(context, named, async (tx, locked, rule) => {
    const change: ScheduleChange = { context, tx, locked, verb: 'rotation-rule.remove' }
    await dropSchedule(change, rule)
    return { removedRuleId: rule.id, content: await changedContent(change), userErrors: [] }
  })
}

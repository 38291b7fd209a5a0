import { clearedProblems, type Failure, failure } from '@arv/subgraph'
import { staleVersion } from '@arv/subgraph/access'
import type { ContentContext } from '../context.ts'
import { changeRule, type RuleChanged } from './change-rule.ts'
import { acceptDraft, changedContent, reviseSchedule, type ScheduleChange } from './change-schedules.ts'
import { findRotations } from './rotations.repository.ts'
import { rulePriorityProblems, type ScheduleInput, withInput } from './schedule-draft.ts'

export interface UpdateRotationRule extends ScheduleInput {
  /** A global id. */
  readonly id: string
  readonly expectedVersion?: number | null | undefined
}

const ALWAYS_THERE = ['priority', 'rotationType', 'isActive'] as const

/** Changes a rule; its turns begin again with the first video. */
export async function updateRotationRule(
  context: ContentContext,
  input: UpdateRotationRule,
): Promise<RuleChanged | Failure> {
  const named = { id: input.id, action: 'updateRotationRule' } as const
  return changeRule<RuleChanged | Failure>(context, named, async (tx, locked, before) => {
    const entity = { entityType: 'RotationSchedule', entityId: before.id, version: before.version }
    const stale = await staleVersion(tx, input.expectedVersion, entity)
    if (stale) return failure(stale)

    const change: ScheduleChange = { context, tx, locked, verb: 'rotation-rule.update' }
    const draft = withInput(before, input)
    const [problem, ...others] = [...clearedProblems(input, ALWAYS_THERE), ...rulePriorityProblems(draft)]
    if (problem) return failure(problem, ...others)
    const accepted = await acceptDraft(change, draft)
    if ('userErrors' in accepted) return accepted
    await reviseSchedule(change, before, accepted.terms)
    const [rule = before] = await findRotations(tx, [before.id], [before.companyId])
    return { rule, content: await changedContent(change), userErrors: [] }
  })
}

import { type Failure, failure, limitReached } from '@arv/subgraph'
import type { ContentContext } from '../context.ts'
import { changeContent } from '../contents/change-content.ts'
import type { RuleChanged } from './change-rule.ts'
import { acceptDraft, addSchedule, changedContent, type ScheduleChange } from './change-schedules.ts'
import { BASE_PRIORITY, MAX_RULES } from './rotation-schedule.ts'
import { findRotations, listSchedules } from './rotations.repository.ts'
import { blankTerms, rulePriorityProblems, withInput } from './schedule-draft.ts'
import type { SetRotation } from './set-rotation.ts'

/** Adds a schedule that goes before a content's rotation where it applies. */
export async function addRotationRule(
  context: ContentContext,
  input: Omit<SetRotation, 'expectedVersion'>,
): Promise<RuleChanged | Failure> {
  const named = { id: input.contentId, field: 'contentId', action: 'addRotationRule' } as const
  return changeContent<RuleChanged | Failure>(context, named, async (tx, locked) => {
    const change: ScheduleChange = { context, tx, locked, verb: 'rotation-rule.add' }
    const schedules = await listSchedules(tx, [locked.content])
    const rules = schedules.filter(({ priority }) => priority !== BASE_PRIORITY)
    if (rules.length >= MAX_RULES) {
      return failure(limitReached('contentId', `A content may have at most ${MAX_RULES} rules.`))
    }
    const draft = withInput(blankTerms(input.rotationType, BASE_PRIORITY + 1), input)
    const [problem] = rulePriorityProblems(draft)
    if (problem) return failure(problem)
    const accepted = await acceptDraft(change, draft)
    if ('userErrors' in accepted) return accepted
    const added = await addSchedule(change, accepted.terms)
    const [rule = added] = await findRotations(tx, [added.id], [added.companyId])
    return { rule, content: await changedContent(change), userErrors: [] }
  })
}

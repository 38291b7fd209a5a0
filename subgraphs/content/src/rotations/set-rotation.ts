import type { Failure } from '@arv/subgraph'
import { failure } from '@arv/subgraph'
import { staleVersion } from '@arv/subgraph/access'
import type { ContentContext } from '../context.ts'
import { changeContent } from '../contents/change-content.ts'
import type { ContentChanged } from '../contents/create-ar-content.ts'
import {
  acceptDraft,
  addSchedule,
  changedContent,
  reviseSchedule,
  type ScheduleChange,
} from './change-schedules.ts'
import { BASE_PRIORITY, type ScheduleTerms } from './rotation-schedule.ts'
import { listSchedules } from './rotations.repository.ts'
import { blankTerms, type ScheduleInput, withInput } from './schedule-draft.ts'

export interface SetRotation extends ScheduleInput {
  /** A global id. */
  readonly contentId: string
  readonly rotationType: ScheduleTerms['rotationType']
  readonly expectedVersion?: number | null | undefined
}

/** Gives a content its rotation, in place of the one it may have. */
export async function setRotation(
  context: ContentContext,
  input: SetRotation,
): Promise<ContentChanged | Failure> {
  const named = { id: input.contentId, field: 'contentId', action: 'setRotation' } as const
  return changeContent<ContentChanged | Failure>(context, named, async (tx, locked) => {
    const change: ScheduleChange = { context, tx, locked, verb: 'rotation.set' }
    const schedules = await listSchedules(tx, [locked.content])
    const before = schedules.find(({ priority }) => priority === BASE_PRIORITY)
    const entity = {
      entityType: 'RotationSchedule',
      entityId: before?.id ?? 0,
      version: before?.version ?? 0,
    }
    const stale = await staleVersion(tx, input.expectedVersion, entity)
    if (stale) return failure(stale)

    const draft = withInput(blankTerms(input.rotationType, BASE_PRIORITY), input)
    const accepted = await acceptDraft(change, draft)
    if ('userErrors' in accepted) return accepted
    if (before) await reviseSchedule(change, before, accepted.terms)
    else await addSchedule(change, accepted.terms)
    return { content: await changedContent(change), userErrors: [] }
  })
}

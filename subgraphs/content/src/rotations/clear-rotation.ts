import type { Failure } from '@arv/subgraph'
import type { ContentContext } from '../context.ts'
import { changeContent } from '../contents/change-content.ts'
import type { ContentChanged } from '../contents/create-ar-content.ts'
import { changedContent, dropSchedule, type ScheduleChange } from './change-schedules.ts'
import { BASE_PRIORITY } from './rotation-schedule.ts'
import { listSchedules } from './rotations.repository.ts'

/** Takes a content's rotation away; one that has none stays as it is. */
export async function clearRotation(
  context: ContentContext,
  { contentId }: { readonly contentId: string },
): Promise<ContentChanged | Failure> {
  const named = { id: contentId, field: 'contentId', action: 'clearRotation' } as const
  return changeContent<ContentChanged | Failure>(context, named, async (tx, locked) => {
    const change: ScheduleChange = { context, tx, locked, verb: 'rotation.clear' }
    const schedules = await listSchedules(tx, [locked.content])
    const rotation = schedules.find(({ priority }) => priority === BASE_PRIORITY)
    if (rotation) await dropSchedule(change, rotation)
    return { content: await changedContent(change), userErrors: [] }
  })
}

import type { WriteTx } from '@arv/database'
import { appendAudit } from '@arv/events'
import { changesOf, type Failure, failure } from '@arv/subgraph'
import { materialiseActiveVideo } from '../active-video/materialise-active-video.ts'
import type { ContentContext } from '../context.ts'
import { type ArContent, findContents, type LockedContent } from '../contents/contents.repository.ts'
import { listVideos } from '../videos/videos.repository.ts'
import type { ScheduleTerms } from './rotation-schedule.ts'
import {
  deleteSchedule,
  insertSchedule,
  type RotationSchedule,
  saveSchedule,
} from './rotations.repository.ts'
import { checkDraft, type DraftTerms } from './schedule-draft.ts'

/** What an action on a schedule is called in the audit log. */
type Verb =
  | 'rotation.set'
  | 'rotation.clear'
  | 'rotation-rule.add'
  | 'rotation-rule.update'
  | 'rotation-rule.remove'

/** A change of one schedule of a locked content. */
export interface ScheduleChange {
  readonly context: ContentContext
  readonly tx: WriteTx
  readonly locked: LockedContent
  readonly verb: Verb
}

/** Refuses a draft that the content cannot have; else its terms. */
export async function acceptDraft(
  { tx, locked: { content, instant } }: ScheduleChange,
  draft: DraftTerms,
): Promise<{ terms: ScheduleTerms } | Failure> {
  const videos = await listVideos(tx, [content])
  const checked = checkDraft(draft, new Set(videos.map(({ id }) => id)), instant)
  return 'problems' in checked ? failure(...checked.problems) : checked
}

/** Adds a schedule, and what plays by it from now on. */
export async function addSchedule(change: ScheduleChange, terms: ScheduleTerms): Promise<RotationSchedule> {
  const { tx, locked, verb } = change
  const { content, instant } = locked
  const schedule = await insertSchedule(tx, content, terms, instant)
  await settle(change)
  await appendAudit(tx, {
    action: verb,
    entityType: 'RotationSchedule',
    entityId: schedule.id,
    changes: { contentId: content.id, ...terms },
    entityVersion: schedule.version,
  })
  return schedule
}

/** Changes a schedule, and what plays by it from now on; nothing at all when its terms are the same. */
export async function reviseSchedule(
  change: ScheduleChange,
  schedule: RotationSchedule,
  terms: ScheduleTerms,
): Promise<void> {
  const changes = changesOf<ScheduleTerms>(schedule, terms)
  if (Object.keys(changes).length === 0) return
  const { tx, locked, verb } = change
  const { id: entityId, version: entityVersion } = await saveSchedule(tx, schedule, terms, locked.instant)
  await settle(change)
  await appendAudit(tx, { action: verb, entityType: 'RotationSchedule', entityId, changes, entityVersion })
}

/** Removes a schedule, and what plays without it from now on. */
export async function dropSchedule(change: ScheduleChange, schedule: RotationSchedule): Promise<void> {
  const { tx, locked, verb } = change
  await deleteSchedule(tx, schedule)
  await settle(change)
  const { id: entityId } = schedule
  const changes = { contentId: locked.content.id }
  await appendAudit(tx, { action: verb, entityType: 'RotationSchedule', entityId, changes })
}

/** The content as it is after a change. */
export async function changedContent({ tx, locked: { content } }: ScheduleChange): Promise<ArContent> {
  const [changed] = await findContents(tx, [content.id], [content.companyId])
  if (!changed) throw new Error('a locked content went away')
  return changed
}

async function settle({ context, tx, locked }: ScheduleChange): Promise<void> {
  await materialiseActiveVideo(tx, context.events, locked, 'SCHEDULE_CHANGED')
}

import type { WriteTx } from '@arv/database'
import type { EventWriter, RotationChangeReason } from '@arv/events'
import { findTimeZone } from '../companies.repository.ts'
import {
  type ArContent,
  type LockedContent,
  saveActiveVideos,
  type StoredActiveVideo,
} from '../contents/contents.repository.ts'
import { listSchedules, type RotationSchedule, saveProgress } from '../rotations/rotations.repository.ts'
import { listVideos } from '../videos/videos.repository.ts'
import { playableContent } from './active-video-of.ts'
import {
  type Advance,
  advanceActiveVideo,
  type ScheduleProgress,
  type StoredChoice,
} from './rules/advance-active-video.ts'
import type { PlayableContent } from './rules/playable-content.ts'
import { resolveActiveVideo } from './rules/resolve-active-video.ts'
import { appendActivations, type NewActivation } from './video-activations.repository.ts'

/** Contents of one company, all of them locked, and the instant to which they are brought. */
export interface LockedContents {
  readonly contents: readonly ArContent[]
  readonly instant: Date
}

/**
 * Stores what plays from an instant on, with one event when it is another video than was stored, however many
 * boundaries lie between. Everything that may change what plays ends with this, in its transaction.
 *
 * @param reason of the change that somebody makes
 */
export function materialiseActiveVideo(
  tx: WriteTx,
  events: EventWriter,
  { content, instant }: LockedContent,
  reason: RotationChangeReason,
): Promise<void> {
  return materialiseActiveVideos(tx, events, { contents: [content], instant }, reason)
}

/** The same for several contents of a company, and for what time alone has changed: then `reason` is null. */
export async function materialiseActiveVideos(
  tx: WriteTx,
  events: EventWriter,
  { contents, instant }: LockedContents,
  reason: RotationChangeReason | null,
): Promise<void> {
  const [first] = contents
  if (!first) return
  const { companyId } = first
  const [videos, schedules, timeZone] = await Promise.all([
    listVideos(tx, contents),
    listSchedules(tx, contents),
    findTimeZone(tx, companyId),
  ])
  const videosOf = Map.groupBy(videos, ({ contentId }) => contentId)
  const schedulesOf = Map.groupBy(schedules, ({ contentId }) => contentId)
  const steps = contents.map((content) => {
    const ofContent = schedulesOf.get(content.id) ?? []
    const playable = playableContent(content, videosOf.get(content.id) ?? [], ofContent, timeZone)
    return stepOf(content, { playable, schedules: ofContent, instant, reason })
  })
  const activations = steps.flatMap(({ activation }) => activation ?? [])
  const changes = steps.flatMap(({ event }) => event ?? [])
  // None of these needs the answer of another: they are sent at once.
  await Promise.all([
    saveActiveVideos(
      tx,
      companyId,
      steps.map(({ stored }) => stored),
    ),
    saveProgress(
      tx,
      companyId,
      steps.flatMap(({ progress }) => progress),
    ),
    appendActivations(tx, companyId, activations),
    ...changes.map((event) => events.append(tx, event)),
  ])
}

interface StepParts {
  readonly playable: PlayableContent
  readonly schedules: readonly RotationSchedule[]
  readonly instant: Date
  readonly reason: RotationChangeReason | null
}

/** What is to be written down of one content. */
function stepOf(content: ArContent, { playable, schedules, instant, reason }: StepParts) {
  const { activeVideoId, activeVideoRule, nextChangeAt } = content
  const before: StoredChoice = { videoId: activeVideoId, rule: activeVideoRule, nextChangeAt }
  const advance = advanceActiveVideo(playable, before, instant)
  const { activeVideo, change } = advance
  const isOther = activeVideo.videoId !== before.videoId || activeVideo.rule !== before.rule
  const since = reason === null ? beginningOf(playable, before, instant) : instant
  return {
    stored: storedVideo(content, advance),
    progress: advance.schedules.filter((each) => hasMoved(each, schedules)),
    activation: isOther ? activationOf(content, advance, since) : null,
    event: change && {
      type: 'content.active-video' as const,
      subject: { type: 'content' as const, id: content.id },
      payload: {
        reason: reason ?? change.reason,
        videoId: change.videoId,
        previousVideoId: change.previousVideoId,
      },
    },
  }
}

function storedVideo({ id }: ArContent, { activeVideo, takeover }: Advance): StoredActiveVideo {
  return {
    id,
    activeVideoId: activeVideo.videoId,
    activeVideoRule: activeVideo.rule,
    nextChangeAt: activeVideo.nextChangeAt,
    manualVideoId: takeover?.videoId ?? null,
    manualSince: takeover?.since ?? null,
  }
}

function activationOf({ id }: ArContent, { activeVideo }: Advance, since: Date): NewActivation {
  const { videoId, rule, scheduleId } = activeVideo
  return { contentId: id, videoId, rule, scheduleId, since }
}

/** Visitors were shown the boundaries that nobody wrote down, too: what plays now began at the last of them. */
function beginningOf(content: PlayableContent, { nextChangeAt }: StoredChoice, instant: Date): Date {
  let at = nextChangeAt
  for (let missed = 0; at !== null && at <= instant && missed < MAX_MISSED; missed++) {
    const next = resolveActiveVideo(content, at).nextChangeAt
    if (next === null || next > instant) return at
    at = next
  }
  return instant
}

/** Of more boundaries than these, which one came last is not worth looking for. */
const MAX_MISSED = 100

function hasMoved(
  { id, anchorAt, anchorIndex, currentIndex, nextRotationAt }: ScheduleProgress,
  schedules: readonly RotationSchedule[],
): boolean {
  const stored = schedules.find((schedule) => schedule.id === id)
  return (
    stored?.anchorAt.getTime() !== anchorAt.getTime() ||
    stored.anchorIndex !== anchorIndex ||
    stored.currentIndex !== currentIndex ||
    stored.nextRotationAt?.getTime() !== nextRotationAt?.getTime()
  )
}

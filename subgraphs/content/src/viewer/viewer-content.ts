import type { ActiveVideoRule } from '../active-video/rules/plan.ts'
import { resolveActiveVideo } from '../active-video/rules/resolve-active-video.ts'
import type { Schedule } from '../active-video/rules/schedule.ts'

/** Captions as visitors may know them. Only those whose file is ready are handed out. */
export interface ViewerCaptions {
  readonly language: string
  readonly label: string
  readonly filePublicId: string
}

/** A video as visitors may know it. Only videos whose file is ready are among them. */
export interface ViewerVideo {
  readonly id: number
  readonly uniqueId: string
  readonly title: string
  readonly filePublicId: string
  readonly rotationOrder: number
  readonly scheduleStart: Date | null
  readonly scheduleEnd: Date | null
  readonly captions: readonly ViewerCaptions[]
}

/** Something that visitors may see, as it is stored. */
export interface LiveRow {
  readonly uniqueId: string
  readonly title: string | null
  readonly description: string | null
  readonly imagePublicId: string
  readonly markerPublicId: string | null
  readonly videos: readonly ViewerVideo[]
  /** The company's. */
  readonly timeZone: string
  /** Those that are in force, around a boundary; none at other times. */
  readonly schedules: readonly Schedule[]
  readonly activeVideoId: number | null
  readonly activeVideoRule: ActiveVideoRule
  readonly manualVideoId: number | null
  readonly manualSince: Date | null
  readonly nextChangeAt: Date | null
  readonly expiresAt: Date | null
  /** When its company's subscription and grace end. */
  readonly servedUntil: Date | null
}

/** What a visitor sees. */
export interface ViewerContent {
  readonly uniqueId: string
  readonly title: string | null
  readonly description: string | null
  /** Stands for the snapshot in which all this was read. */
  readonly cursor: string
  readonly imagePublicId: string
  readonly markerPublicId: string | null
  readonly activeVideo: ViewerVideo | null
  readonly activeVideoReason: ActiveVideoRule
  readonly nextChangeAt: Date | null
  readonly expiresAt: Date | null
  /** When it stops being shown for whatever reason. What a company has booked is no business of visitors. */
  readonly endsAt: Date | null
}

/** What a visitor sees at an instant: the stored video, or, until the clock has caught up with a boundary, the next. */
export function viewerContent(row: LiveRow, cursor: string, instant: Date): ViewerContent {
  const { uniqueId, title, description, imagePublicId, markerPublicId, expiresAt } = row
  const { videoId, rule, nextChangeAt } = activeVideo(row, instant)
  const video = row.videos.find(({ id }) => id === videoId) ?? null
  return {
    uniqueId,
    title,
    description,
    cursor,
    imagePublicId,
    markerPublicId,
    activeVideo: video,
    activeVideoReason: video === null ? 'NONE' : rule,
    nextChangeAt,
    expiresAt,
    endsAt: earlierOf(expiresAt, row.servedUntil),
  }
}

function earlierOf(one: Date | null, other: Date | null): Date | null {
  if (one === null || other === null) return one ?? other
  return one < other ? one : other
}

function activeVideo(row: LiveRow, instant: Date) {
  const { activeVideoId, activeVideoRule, manualVideoId, manualSince, nextChangeAt, schedules, timeZone } =
    row
  if (nextChangeAt === null || nextChangeAt > instant) {
    return { videoId: activeVideoId, rule: activeVideoRule, nextChangeAt }
  }
  const takeover =
    manualVideoId === null || manualSince === null ? null : { videoId: manualVideoId, since: manualSince }
  const videos = row.videos.map((video) => ({ ...video, isReady: true }))
  return resolveActiveVideo({ videos, takeover, schedules, timeZone }, instant)
}

import type { ContentContext } from '../context.ts'
import type { ArContent } from '../contents/contents.repository.ts'
import type { Video } from '../videos/videos.repository.ts'
import type { PlayableContent } from './rules/playable-content.ts'
import { type ActiveVideo, resolveActiveVideo } from './rules/resolve-active-video.ts'
import type { Schedule } from './rules/schedule.ts'

/** What plays now: as it is stored, or, until the clock has caught up with a boundary, as it will be. */
export async function activeVideoOf(
  content: ArContent,
  context: ContentContext,
): Promise<Pick<ActiveVideo, 'videoId' | 'rule' | 'nextChangeAt'>> {
  const { activeVideoId, activeVideoRule, nextChangeAt } = content
  if (nextChangeAt === null || nextChangeAt > context.now) {
    return { videoId: activeVideoId, rule: activeVideoRule, nextChangeAt }
  }
  return resolveActiveVideo(await loadPlayableContent(content, context), context.now)
}

/** A content as the rules want it, with its schedules as they are. */
export async function loadPlayableContent(
  content: ArContent,
  { loaders }: ContentContext,
): Promise<PlayableContent> {
  const [videos, schedules, timeZone] = await Promise.all([
    loaders.videos.ofContent.load(content),
    loaders.rotations.ofContent.load(content),
    loaders.timeZones.load(content.companyId),
  ])
  return playableContent(content, videos, schedules, timeZone)
}

/** @param timeZone the company's */
export function playableContent(
  { manualVideoId, manualSince }: Pick<ArContent, 'manualVideoId' | 'manualSince'>,
  videos: readonly Video[],
  schedules: readonly Schedule[],
  timeZone: string,
): PlayableContent {
  const takeover =
    manualVideoId === null || manualSince === null ? null : { videoId: manualVideoId, since: manualSince }
  return { videos, takeover, schedules, timeZone }
}

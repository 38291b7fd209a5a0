import type { ContentContext } from '../context.ts'
import type { ArContent } from '../contents/contents.repository.ts'
import type { Video } from '../videos/videos.repository.ts'
import type { PlayableContent } from './rules/playable-content.ts'
import { type ActiveVideo, resolveActiveVideo } from './rules/resolve-active-video.ts'

/** What plays now: as it is stored, or, until the clock has caught up with a boundary, as it will be. */
export async function activeVideoOf(
  content: ArContent,
  { loaders, now }: ContentContext,
): Promise<Pick<ActiveVideo, 'videoId' | 'rule' | 'nextChangeAt'>> {
  const { activeVideoId, activeVideoRule, nextChangeAt } = content
  if (nextChangeAt === null || nextChangeAt > now) {
    return { videoId: activeVideoId, rule: activeVideoRule, nextChangeAt }
  }
  return resolveActiveVideo(playableContent(content, await loaders.videos.ofContent.load(content)), now)
}

/** A content's row and videos as the rules want them. */
export function playableContent(
  { manualVideoId, manualSince }: Pick<ArContent, 'manualVideoId' | 'manualSince'>,
  videos: readonly Video[],
): PlayableContent {
  const takeover =
    manualVideoId === null || manualSince === null ? null : { videoId: manualVideoId, since: manualSince }
  return { videos, takeover, schedules: [], timeZone: 'UTC' }
}

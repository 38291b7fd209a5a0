import type { PlayableVideo } from '../playback/player.ts'
import type { ViewerVideo } from './viewer-content.ts'

/** What the player needs of a video; null when there is nothing to play. */
export function playableVideo(video: ViewerVideo | null): PlayableVideo | null {
  if (!video?.file) return null
  const { uniqueId, file } = video
  const captions = video.captions.flatMap(({ language, label, file: track }) =>
    track ? [{ language, label, url: track.url }] : [],
  )
  return { uniqueId, url: file.url, posterUrl: file.poster?.url ?? null, captions }
}

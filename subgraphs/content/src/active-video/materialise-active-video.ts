import type { WriteTx } from '@arv/database'
import type { EventWriter, RotationChangeReason } from '@arv/events'
import {
  type LockedContent,
  saveActiveVideo,
  type StoredActiveVideo,
} from '../contents/contents.repository.ts'
import { listVideos, type Video } from '../videos/videos.repository.ts'
import { playableContent } from './active-video-of.ts'
import { resolveActiveVideo } from './rules/resolve-active-video.ts'

/** Says why another video plays; `winner` is null when none does. */
export type ExplainChange = (winner: Video | null) => RotationChangeReason

/**
 * Stores what plays from the transaction's instant on, with one event when it is another video than was stored,
 * however many boundaries lie between. Everything that may change what plays ends with this, in its transaction.
 */
export async function materialiseActiveVideo(
  tx: WriteTx,
  events: EventWriter,
  { content, instant }: LockedContent,
  explain: ExplainChange,
): Promise<void> {
  const videos = await listVideos(tx, [content])
  const active = resolveActiveVideo(playableContent(content, videos), instant)
  const stored: StoredActiveVideo = {
    activeVideoId: active.videoId,
    activeVideoRule: active.rule,
    nextChangeAt: active.nextChangeAt,
    manualVideoId: active.takeoverEnd ? null : content.manualVideoId,
    manualSince: active.takeoverEnd ? null : content.manualSince,
  }
  await saveActiveVideo(tx, content, stored)
  if (active.videoId === content.activeVideoId) return
  await events.append(tx, {
    type: 'content.active-video',
    subject: { type: 'content', id: content.id },
    payload: {
      reason: explain(videos.find(({ id }) => id === active.videoId) ?? null),
      videoId: active.videoId,
      previousVideoId: content.activeVideoId,
    },
  })
}

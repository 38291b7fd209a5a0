import { rm, stat } from 'node:fs/promises'
import type { VideoAnswer } from './decoder-protocol.ts'
import { imageFile, type ImageFile } from './image-file.ts'
import { rejectOtherKind } from './reject-other-kind.ts'
import type { Rejection } from './rejection.ts'
import { runDecoder, type DecoderLimits } from './run-decoder.ts'
import { sniffFile, type VideoContainer } from './sniff.ts'

export type VideoOptions = DecoderLimits & {
  /** Where the poster frame, a JPEG, is written; its folder must exist. */
  readonly posterPath: string
  /** The longer side of the poster, in pixels; a smaller frame is not enlarged. Default: 1280. */
  readonly posterSize?: number
  readonly limits?: {
    /** Default: 600. */
    readonly maxDurationSeconds?: number
    /** Of one frame. Default: 4096 by 2304. */
    readonly maxPixels?: number
  }
}

export type InspectedVideo = {
  readonly kind: 'video'
  readonly container: VideoContainer
  readonly mimeType: string
  /** Without a dot. */
  readonly extension: string
  readonly sizeBytes: number
  readonly codec: VideoAnswer['codec']
  readonly hasAudio: boolean
  /** Such as `aac` or `opus`; `null` also for sound that no browser plays. */
  readonly audioCodec: string | null
  readonly durationSeconds: number
  /** In pixels, as a player shows it: turned, and with square pixels. */
  readonly width: number
  readonly height: number
  /** How far a player turns the stored frames clockwise; `width` and `height` have it applied. */
  readonly rotation: VideoAnswer['rotation']
  /** Frames per second of its first seconds; `null` where they follow no rhythm. */
  readonly frameRate: number | null
  readonly poster: ImageFile
}

/**
 * Finds out what an uploaded video is, whether a browser can play it and whether it is whole, and writes a
 * poster frame. The video itself is left as it is. Containers are MP4, QuickTime and WebM; codecs H.264, HEVC,
 * VP8, VP9 and AV1.
 *
 * What is wrong with the video is returned; what is wrong with this machine is thrown. In both cases no poster
 * is left.
 */
export async function inspectVideo(path: string, options: VideoOptions): Promise<InspectedVideo | Rejection> {
  const sniffed = await sniffFile(path)
  if (sniffed.kind !== 'video') return rejectOtherKind('video', sniffed)
  const { posterPath, posterSize = 1280, limits = {}, ...processLimits } = options
  const { maxDurationSeconds = 600, maxPixels = 4096 * 2304 } = limits
  const { container, mimeType } = sniffed
  let done = false
  try {
    const { size } = await stat(path)
    const answer = await runDecoder(
      { kind: 'video', path, container, posterPath, posterSize, maxPixels, maxDurationSeconds },
      processLimits,
    )
    if (answer.kind === 'rejected') return answer
    if (answer.kind !== 'video') throw new Error('The decoder answered with an image.')
    done = true
    const { poster, ...facts } = answer
    const file = { container, mimeType, extension: container, sizeBytes: size }
    return { ...file, ...facts, poster: imageFile(posterPath, poster) }
  } finally {
    if (!done) await rm(posterPath, { force: true })
  }
}

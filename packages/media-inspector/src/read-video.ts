import { registerMediabunnyServer } from '@mediabunny/server'
import {
  EncodedPacketSink,
  FilePathSource,
  Input,
  MP4,
  QTFF,
  VideoSampleSink,
  WEBM,
  type InputVideoTrack,
  type VideoCodec,
  type VideoSample,
} from 'mediabunny'
import sharp from 'sharp'
import type { VideoAnswer, VideoJob, WrittenImage } from './decoder-protocol.ts'
import { isCutOff } from './is-cut-off.ts'
import { rejected, type Rejection } from './rejection.ts'
import { isSystemFailure, writeImage } from './write-image.ts'

// No hardware: drivers of graphics cards are no place for a stranger's file.
registerMediabunnyServer({ hardwareContext: null })

const formats = { mp4: [MP4, QTFF], mov: [QTFF, MP4], webm: [WEBM] }

const playable: Partial<Record<VideoCodec, VideoAnswer['codec']>> = {
  avc: 'h264',
  hevc: 'hevc',
  vp8: 'vp8',
  vp9: 'vp9',
  av1: 'av1',
}

// The typings of WebCodecs that mediabunny brings are older than the option.
const rgba: VideoFrameCopyToOptions & { format: 'RGBA' } = { format: 'RGBA' }

/** Reads what a video is and writes a poster frame. Runs in a process of its own. */
export async function readVideo(job: VideoJob): Promise<VideoAnswer | Rejection> {
  try {
    if (await isCutOff(job.path, job.container)) return incomplete()
    using input = new Input({ source: new FilePathSource(job.path), formats: formats[job.container] })
    const track = await input.getPrimaryVideoTrack()
    if (track === null) return rejected('UNSUPPORTED_TYPE', 'There is no picture in this video.')
    return (await check(track, job)) ?? (await describe(input, track, job))
  } catch (error) {
    if (isSystemFailure(error)) throw error
    return damaged(error)
  }
}

/** What can be refused before a frame is decoded. */
async function check(track: InputVideoTrack, job: VideoJob): Promise<Rejection | null> {
  const codec = await track.getCodec()
  if (codec === null || playable[codec] === undefined) {
    const message = 'Browsers can not play this kind of video. Save it as H.264 (MP4) or VP9 (WebM).'
    return rejected('UNSUPPORTED_CODEC', message, codec ?? (await track.getInternalCodecId()))
  }
  const pixels = Math.max(
    (await track.getCodedWidth()) * (await track.getCodedHeight()),
    (await track.getDisplayWidth()) * (await track.getDisplayHeight()),
  )
  if (pixels > job.maxPixels) {
    const size = `${await track.getDisplayWidth()} by ${await track.getDisplayHeight()}`
    const limit = Math.round(job.maxPixels / 1e5) / 10
    const message = `The video is ${size} pixels large; at most ${limit} megapixels are possible.`
    return rejected('TOO_MANY_PIXELS', message)
  }
  const last = await new EncodedPacketSink(track).getPacket(Infinity)
  return last === null || last.data.byteLength === 0 ? incomplete() : null
}

async function describe(
  input: Input,
  track: InputVideoTrack,
  job: VideoJob,
): Promise<VideoAnswer | Rejection> {
  const durationSeconds = await input.computeDuration()
  if (durationSeconds > job.maxDurationSeconds) {
    const message = `The video is ${Math.ceil(durationSeconds)} seconds long; at most ${job.maxDurationSeconds} are possible.`
    return rejected('TOO_LONG', message)
  }
  const codec = playable[(await track.getCodec()) ?? 'prores']
  if (codec === undefined || !(durationSeconds > 0)) return damaged('no codec or no duration')
  const audio = await input.getPrimaryAudioTrack()
  const { bestGuessFrameRate } = await track.computeFrameRateMetrics({ targetPacketCount: 60 })
  return {
    kind: 'video',
    codec,
    hasAudio: audio !== null,
    audioCodec: (await audio?.getCodec()) ?? null,
    durationSeconds,
    width: await track.getDisplayWidth(),
    height: await track.getDisplayHeight(),
    rotation: await track.getRotation(),
    frameRate: bestGuessFrameRate > 0 && Number.isFinite(bestGuessFrameRate) ? bestGuessFrameRate : null,
    poster: await writePoster(track, job),
  }
}

/** The frame after one second, as many videos begin black; of a shorter video, the one in the middle. */
async function writePoster(track: InputVideoTrack, job: VideoJob): Promise<WrittenImage> {
  const sink = new VideoSampleSink(track, { hardwareAcceleration: 'prefer-software' })
  const first = await track.getFirstTimestamp()
  const length = (await track.computeDuration()) - first
  using frame = await sink.getSample(first + Math.min(1, length / 2))
  if (frame === null) throw new Error('No frame could be decoded.')
  using upright = await frame.transform({ ...fitInto(frame, job.posterSize), fit: 'fill', alpha: 'discard' })
  const pixels = Buffer.alloc(upright.allocationSize(rgba))
  await upright.copyTo(pixels, rgba)
  const raw = { width: upright.codedWidth, height: upright.codedHeight, channels: 4 } as const
  return writeImage(sharp(pixels, { raw }).removeAlpha().jpeg({ quality: 85 }), job.posterPath)
}

function fitInto(frame: VideoSample, size: number): { width: number; height: number } {
  const scale = Math.min(1, size / Math.max(frame.displayWidth, frame.displayHeight))
  return {
    width: Math.max(1, Math.round(frame.displayWidth * scale)),
    height: Math.max(1, Math.round(frame.displayHeight * scale)),
  }
}

function incomplete(): Rejection {
  return rejected('CORRUPT', 'The video is incomplete: its end is missing. Please send it again.')
}

function damaged(cause: unknown): Rejection {
  return rejected('CORRUPT', 'The video is damaged and can not be played. Please send it again.', cause)
}

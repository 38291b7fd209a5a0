import { z } from 'zod'
import { rejectionSchema } from './rejection.ts'

// What the process that decodes and the one that started it say to each other. The answers are checked as
// strictly as anything from outside: who sends them has been reading a stranger's file.

const imageJob = z.object({
  kind: z.literal('image'),
  path: z.string(),
  format: z.enum(['jpeg', 'png', 'webp', 'avif']),
  imagePath: z.string(),
  thumbnailPath: z.string(),
  maxPixels: z.number(),
  minSide: z.number(),
  thumbnailSize: z.number(),
})

const videoJob = z.object({
  kind: z.literal('video'),
  path: z.string(),
  container: z.enum(['mp4', 'mov', 'webm']),
  posterPath: z.string(),
  posterSize: z.number(),
  maxPixels: z.number(),
  maxDurationSeconds: z.number(),
})

export const jobSchema = z.object({
  memoryLimitBytes: z.number(),
  work: z.discriminatedUnion('kind', [imageJob, videoJob]),
})

const writtenImage = z.object({
  format: z.enum(['jpeg', 'png', 'webp']),
  sizeBytes: z.int().positive(),
  width: z.int().positive(),
  height: z.int().positive(),
  checksumSha256: z.string().regex(/^[0-9a-f]{64}$/),
})

const imageAnswer = z.object({
  kind: z.literal('image'),
  file: writtenImage,
  thumbnail: writtenImage,
  perceptualHash: z
    .string()
    .regex(/^[01]{64}$/)
    .nullable(),
})

const videoAnswer = z.object({
  kind: z.literal('video'),
  codec: z.enum(['h264', 'hevc', 'vp8', 'vp9', 'av1']),
  hasAudio: z.boolean(),
  audioCodec: z.string().max(40).nullable(),
  durationSeconds: z.number().positive(),
  width: z.int().positive(),
  height: z.int().positive(),
  rotation: z.literal([0, 90, 180, 270]),
  frameRate: z.number().positive().nullable(),
  poster: writtenImage,
})

export const messageSchema = z.discriminatedUnion('kind', [
  /** The libraries are loaded: from now on a crash is the file's fault. */
  z.object({ kind: z.literal('ready') }),
  imageAnswer,
  videoAnswer,
  rejectionSchema,
  /** Something on this machine failed that the file is not to blame for. */
  z.object({ kind: z.literal('failed'), message: z.string() }),
])

export type ImageJob = z.infer<typeof imageJob>
export type VideoJob = z.infer<typeof videoJob>
export type WrittenImage = z.infer<typeof writtenImage>
export type ImageAnswer = z.infer<typeof imageAnswer>
export type VideoAnswer = z.infer<typeof videoAnswer>
export type DecoderMessage = z.infer<typeof messageSchema>

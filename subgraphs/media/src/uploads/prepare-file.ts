import { join } from 'node:path'
import {
  inspectCaptions,
  inspectVideo,
  processImage,
  type ImageFile,
  type Rejection,
} from '@arv/media-inspector'
import { invalid } from '@arv/subgraph'
import type { MediaLimits } from '../limits.ts'
import { Refusal } from '../refusal.ts'
import type { ReceivedFile, UploadKind } from './receive-file.ts'

/** A file that is fit to be kept, on this machine. */
export interface PreparedFile extends Omit<ImageFile, 'width' | 'height'> {
  /** Null for what has no picture. */
  readonly width: number | null
  readonly height: number | null
  readonly durationSeconds: number | null
  /** Of an uploaded picture: what it looks like, for comparing. Null for what is not compared. */
  readonly perceptualHash: string | null
}

/** What is kept of an upload: the file, and its small picture if it has one. */
export interface PreparedUpload {
  readonly main: PreparedFile
  readonly companion: PreparedFile | null
}

export interface PrepareOptions {
  readonly kind: UploadKind
  /** Where the received file is. */
  readonly path: string
  /** An existing folder for what is made of it. */
  readonly folder: string
  readonly limits: MediaLimits
  readonly onRejection: (rejection: Rejection) => void
}

/**
 * Makes what is kept of a received file: a picture is encoded anew and gets a thumbnail; a video stays as it is and
 * gets a poster; captions stay as they are.
 *
 * @throws Refusal on `file` when it is damaged, or more than this platform takes
 */
export async function prepareFile(received: ReceivedFile, options: PrepareOptions): Promise<PreparedUpload> {
  switch (options.kind) {
    case 'IMAGE':
      return prepareImage(options)
    case 'VIDEO':
      return prepareVideo(received, options)
    case 'CAPTIONS':
      return prepareCaptions(received, options)
  }
}

async function prepareImage({ path, folder, limits, onRejection }: PrepareOptions): Promise<PreparedUpload> {
  const image = await processImage(path, { outputDir: folder, maxPixels: limits.maxImagePixels })
  if (image.kind === 'rejected') throw refusalOf(image, onRejection)
  const { file, thumbnail, perceptualHash } = image
  return { main: { ...still(file), perceptualHash }, companion: still(thumbnail) }
}

async function prepareVideo(
  received: ReceivedFile,
  { path, folder, limits, onRejection }: PrepareOptions,
): Promise<PreparedUpload> {
  const video = await inspectVideo(path, {
    posterPath: join(folder, 'poster'),
    limits: { maxDurationSeconds: limits.maxVideoSeconds },
  })
  if (video.kind === 'rejected') throw refusalOf(video, onRejection)
  const { mimeType, extension, sizeBytes, width, height, durationSeconds } = video
  const { checksumSha256 } = received
  return {
    main: {
      ...still({ path, mimeType, extension, sizeBytes, width, height, checksumSha256 }),
      durationSeconds,
    },
    companion: still(video.poster),
  }
}

async function prepareCaptions(
  { checksumSha256 }: ReceivedFile,
  { path, onRejection }: PrepareOptions,
): Promise<PreparedUpload> {
  const captions = await inspectCaptions(path)
  if (captions.kind === 'rejected') throw refusalOf(captions, onRejection)
  const { mimeType, extension, sizeBytes } = captions
  const file = { path, mimeType, extension, sizeBytes, checksumSha256 }
  const none = { width: null, height: null, durationSeconds: null, perceptualHash: null }
  return { main: { ...file, ...none }, companion: null }
}

function still(file: ImageFile): PreparedFile {
  return { ...file, durationSeconds: null, perceptualHash: null }
}

function refusalOf(rejection: Rejection, onRejection: PrepareOptions['onRejection']): Refusal {
  onRejection(rejection)
  return new Refusal(invalid('file', rejection.message))
}

import type { WrittenImage } from './decoder-protocol.ts'

/** An image that was written by us. */
export type ImageFile = {
  /** Absolute, on this machine. */
  readonly path: string
  readonly mimeType: string
  /** Without a dot. */
  readonly extension: string
  readonly sizeBytes: number
  /** In pixels, as shown. */
  readonly width: number
  readonly height: number
  /** Lower-case hex. */
  readonly checksumSha256: string
}

const types = {
  jpeg: { mimeType: 'image/jpeg', extension: 'jpg' },
  png: { mimeType: 'image/png', extension: 'png' },
  webp: { mimeType: 'image/webp', extension: 'webp' },
}

export function imageFile(path: string, { format, ...written }: WrittenImage): ImageFile {
  return { path, ...types[format], ...written }
}

import { open } from 'node:fs/promises'
import { fileTypeFromBuffer } from 'file-type'

export type ImageFormat = 'jpeg' | 'png' | 'webp' | 'avif'
export type VideoContainer = 'mp4' | 'mov' | 'webm'

/** What a file is by its first bytes. `other` holds the type that was recognised but is not taken, if any. */
export type Sniffed =
  | { readonly kind: 'image'; readonly format: ImageFormat; readonly mimeType: string }
  | { readonly kind: 'video'; readonly container: VideoContainer; readonly mimeType: string }
  | { readonly kind: 'captions'; readonly mimeType: string }
  | { readonly kind: 'other'; readonly mimeType: string | null }
  | { readonly kind: 'empty' }

/** How many bytes from the start of a file `sniff` needs; fewer only if the file is shorter. */
export const sniffBytes = 4100

const allowed: ReadonlyMap<string, Sniffed> = new Map<string, Sniffed>([
  ['image/jpeg', { kind: 'image', format: 'jpeg', mimeType: 'image/jpeg' }],
  ['image/png', { kind: 'image', format: 'png', mimeType: 'image/png' }],
  ['image/webp', { kind: 'image', format: 'webp', mimeType: 'image/webp' }],
  ['image/avif', { kind: 'image', format: 'avif', mimeType: 'image/avif' }],
  ['video/mp4', { kind: 'video', container: 'mp4', mimeType: 'video/mp4' }],
  ['video/x-m4v', { kind: 'video', container: 'mp4', mimeType: 'video/mp4' }],
  ['video/quicktime', { kind: 'video', container: 'mov', mimeType: 'video/quicktime' }],
  ['video/webm', { kind: 'video', container: 'webm', mimeType: 'video/webm' }],
  ['text/vtt', { kind: 'captions', mimeType: 'text/vtt' }],
])

/**
 * Recognises a file by the bytes it begins with, never by its name or by what the client says it is. Only the
 * types that the platform takes come back as `image`, `video` or `captions`. That a file begins like one does not mean
 * that it is sound: `processImage`, `inspectVideo` and `inspectCaptions` find out.
 */
export async function sniff(head: Uint8Array): Promise<Sniffed> {
  if (head.byteLength === 0) return { kind: 'empty' }
  const type = await fileTypeFromBuffer(head.subarray(0, sniffBytes))
  if (type === undefined) return { kind: 'other', mimeType: null }
  return allowed.get(type.mime) ?? { kind: 'other', mimeType: type.mime }
}

/** `sniff` for a file on this machine. */
export async function sniffFile(path: string): Promise<Sniffed> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(sniffBytes), 0, sniffBytes, 0)
    return await sniff(buffer.subarray(0, bytesRead))
  } finally {
    await file.close()
  }
}

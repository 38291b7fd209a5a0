import { basename, dirname } from 'node:path'
import { Readable } from 'node:stream'
import { rejectOtherKind, sniff, type Sniffed } from '@arv/media-inspector'
import { createLocalDiskDriver } from '@arv/storage'
import { invalid, readUpload, type UploadedFile } from '@arv/subgraph'
import { GraphQLError } from 'graphql'
import { MB } from '../limits.ts'
import { Refusal } from '../refusal.ts'
import { inPieces } from './in-pieces.ts'

export type UploadKind = 'IMAGE' | 'VIDEO' | 'CAPTIONS'

const KINDS = {
  IMAGE: { sniffed: 'image', name: 'A picture' },
  VIDEO: { sniffed: 'video', name: 'A video' },
  CAPTIONS: { sniffed: 'captions', name: 'A captions file' },
} as const

export interface ReceiveOptions {
  readonly kind: UploadKind
  readonly maxBytes: number
  /** Where the bytes go; its folder exists. */
  readonly path: string
  /** Is told how many bytes there will be in all, before they are written; refuses them by throwing. */
  readonly reserve: (totalBytes: number) => Promise<void>
}

export interface ReceivedFile {
  /** As the client has it: not to be trusted. */
  readonly name: string
  readonly sizeBytes: number
  readonly checksumSha256: string
}

const PIECE_BYTES = MB

/**
 * Writes an upload to a file of this machine. Looked at by its first bytes, limited, reserved for and hashed while it
 * comes in; as soon as it turns out to be unacceptable nothing more of it is taken.
 *
 * @throws Refusal on `file` when it is empty, not of its kind, too large, broken off, or more than there is room for
 */
export async function receiveFile(upload: UploadedFile, options: ReceiveOptions): Promise<ReceivedFile> {
  const driver = createLocalDiskDriver({ root: dirname(options.path) })
  try {
    const file = await upload
    const source = Readable.from(acceptable(readUpload(file), options), { objectMode: false })
    const written = await driver.write(basename(options.path), source)
    return { name: file.filename, ...written }
  } catch (error) {
    // What reading an upload throws is meant for its sender.
    if (error instanceof GraphQLError) throw new Refusal(invalid('file', error.message))
    throw error
  }
}

async function* acceptable(chunks: AsyncIterable<Buffer>, { kind, maxBytes, reserve }: ReceiveOptions) {
  let total = 0
  for await (const piece of inPieces(chunks, PIECE_BYTES)) {
    if (total === 0) refuseOtherKind(kind, await sniff(piece))
    total += piece.length
    if (total > maxBytes) throw tooLarge(kind, maxBytes)
    await reserve(total)
    yield piece
  }
  if (total === 0) refuseOtherKind(kind, { kind: 'empty' })
}

function refuseOtherKind(kind: UploadKind, found: Sniffed): void {
  const wanted = KINDS[kind].sniffed
  if (found.kind !== wanted) throw new Refusal(invalid('file', rejectOtherKind(wanted, found).message))
}

function tooLarge(kind: UploadKind, maxBytes: number): Refusal {
  return new Refusal(invalid('file', `${KINDS[kind].name} may be at most ${inMegabytes(maxBytes)} large.`))
}

function inMegabytes(bytes: number): string {
  return `${new Intl.NumberFormat('en', { maximumFractionDigits: 1 }).format(bytes / MB)} MB`
}

import { readFile } from 'node:fs/promises'
import { readWebVtt } from './read-web-vtt.ts'
import { rejectOtherKind } from './reject-other-kind.ts'
import { rejected, type Rejection } from './rejection.ts'
import { sniff } from './sniff.ts'

export interface InspectedCaptions {
  readonly kind: 'captions'
  readonly mimeType: 'text/vtt'
  /** Without a dot. */
  readonly extension: 'vtt'
  readonly sizeBytes: number
  readonly cueCount: number
}

/**
 * Finds out whether an uploaded file is WebVTT that every browser shows all of. The file itself is left as it is. It is
 * read whole: its size has to be limited before.
 *
 * What is wrong with the captions is returned; what is wrong with this machine is thrown.
 */
export async function inspectCaptions(path: string): Promise<InspectedCaptions | Rejection> {
  const bytes = await readFile(path)
  const sniffed = await sniff(bytes)
  if (sniffed.kind !== 'captions') return rejectOtherKind('captions', sniffed)
  const text = decode(bytes)
  if (text === null) {
    return rejected(
      'CORRUPT',
      'The captions are not in UTF-8. Save them in this encoding and send them again.',
    )
  }
  const read = readWebVtt(text)
  if (read.kind === 'problem') {
    return rejected('CORRUPT', `These captions can not be used. ${read.problem.message}`)
  }
  const { cueCount } = read
  return { kind: 'captions', mimeType: 'text/vtt', extension: 'vtt', sizeBytes: bytes.length, cueCount }
}

/** Without a byte order mark; null for what is not UTF-8. */
function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    if (error instanceof TypeError) return null
    throw error
  }
}

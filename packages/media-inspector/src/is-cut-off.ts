import { open, type FileHandle } from 'node:fs/promises'
import type { VideoJob } from './decoder-protocol.ts'

/**
 * Whether a video ends before its container says that it does. Demuxers do not mind: they play what is there.
 * A file that names no lengths (a recording of a browser) can't be told from a whole one.
 */
export async function isCutOff(path: string, container: VideoJob['container']): Promise<boolean> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    return container === 'webm' ? await webmIsCutOff(file, size) : await isoIsCutOff(file, size)
  } finally {
    await file.close()
  }
}

/** ISO/IEC 14496-12, 4.2: a file is a row of boxes, each of which begins with its length and type. */
async function isoIsCutOff(file: FileHandle, size: number): Promise<boolean> {
  let offset = 0
  while (offset + 8 <= size) {
    const head = await readAt(file, offset, 16)
    const short = head.readUInt32BE(0)
    // 0: to the end of the file. 1: the length follows the type, in 64 bits.
    if (short === 0) return false
    const length = short === 1 && head.length === 16 ? Number(head.readBigUInt64BE(8)) : short
    // Not a box: some programs append data of their own.
    if (length < 8) return false
    offset += length
  }
  return offset > size
}

const segmentId = 0x18538067

/** RFC 8794: elements begin with an id and a length; those of a segment may leave their length open. */
async function webmIsCutOff(file: FileHandle, size: number): Promise<boolean> {
  let offset = 0
  while (offset < size) {
    const element = readElement(await readAt(file, offset, 12))
    if (element === null) return false
    offset += element.headBytes
    if (element.length !== null) offset += element.length
    // Where a cluster without a length ends can't be told without reading every block in it.
    else if (element.id !== segmentId) return false
  }
  return offset > size
}

type Element = { id: number; length: number | null; headBytes: number }

function readElement(head: Buffer): Element | null {
  const idBytes = Math.clz32(head[0] ?? 0) - 23
  const lengthBytes = Math.clz32(head[idBytes] ?? 0) - 23
  if (idBytes > 4 || lengthBytes > 8 || idBytes + lengthBytes > head.length) return null
  let length = BigInt(head[idBytes] ?? 0) & ((1n << BigInt(8 - lengthBytes)) - 1n)
  for (let i = 1; i < lengthBytes; i += 1) length = (length << 8n) | BigInt(head[idBytes + i] ?? 0)
  const unknown = length === (1n << BigInt(7 * lengthBytes)) - 1n
  return {
    id: head.readUIntBE(0, idBytes),
    length: unknown ? null : Number(length),
    headBytes: idBytes + lengthBytes,
  }
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position)
  return buffer.subarray(0, bytesRead)
}

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { clip, type ClipOptions } from '@arv/testkit/clips'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { isCutOff } from './is-cut-off.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'arv-cut-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function check(content: Buffer, container: 'mp4' | 'mov' | 'webm'): Promise<boolean> {
  const path = join(folder, 'video')
  await writeFile(path, content)
  return isCutOff(path, container)
}

const whole: [string, ClipOptions & { container: 'mp4' | 'mov' | 'webm' }][] = [
  ['an MP4 that begins with its index', { container: 'mp4', index: 'start' }],
  ['an MP4 that ends with its index', { container: 'mp4', index: 'end' }],
  ['an MP4 in fragments', { container: 'mp4', index: 'fragmented', audio: true, seconds: 3 }],
  ['a MOV', { container: 'mov', index: 'end' }],
  ['a WebM', { container: 'webm', audio: true }],
]

describe.each(whole)('%s', (_name, options) => {
  test('is whole as it was written, and cut off wherever it ends early', async () => {
    const content = await clip(options)
    const { container } = options
    expect(await check(content, container)).toBe(false)
    for (const length of [0.2, 0.5, 0.9].map((part) => Math.floor(content.length * part))) {
      expect(await check(content.subarray(0, length), container)).toBe(true)
    }
    expect(await check(content.subarray(0, -1), container)).toBe(true)
  })

  test('may have something appended', async () => {
    const content = Buffer.concat([await clip({ ...options, seconds: 0.2 }), Buffer.from('\0\0\0\0appended')])
    expect(await check(content, options.container)).toBe(false)
  })
})

const box = (type: string, length: number) => {
  const head = Buffer.alloc(8)
  head.writeUInt32BE(length)
  head.write(type, 4)
  return head
}

test('a box may name its length in 64 bits', async () => {
  const length = Buffer.alloc(8)
  length.writeBigUInt64BE(26n)
  const content = Buffer.concat([box('ftyp', 8), box('mdat', 1), length, Buffer.alloc(10)])
  expect(await check(content, 'mp4')).toBe(false)
  expect(await check(content.subarray(0, -1), 'mp4')).toBe(true)
})

test('a box without a length goes on to the end', async () => {
  expect(await check(Buffer.concat([box('ftyp', 8), box('mdat', 0), Buffer.alloc(5)]), 'mp4')).toBe(false)
})

describe('a recording of a browser, whose segment has no length', () => {
  const header = Buffer.from('1a45dfa380', 'hex')
  const openSegment = Buffer.from('1853806701ffffffffffffff', 'hex')
  const cluster = Buffer.concat([Buffer.from('1f43b67584', 'hex'), Buffer.alloc(4)])
  const openCluster = Buffer.from('1f43b67501ffffffffffffff', 'hex')

  test('is cut off in the middle of a cluster', async () => {
    const content = Buffer.concat([header, openSegment, cluster, cluster])
    expect(await check(content, 'webm')).toBe(false)
    expect(await check(content.subarray(0, -1), 'webm')).toBe(true)
  })

  test('can not be told from a whole one if its clusters have no length either', async () => {
    const content = Buffer.concat([header, openSegment, openCluster, Buffer.alloc(20)])
    expect(await check(content, 'webm')).toBe(false)
  })
})

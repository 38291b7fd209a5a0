import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { clip } from '@arv/testkit/clips'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inspectCaptions } from './inspect-captions.ts'

const TEXT = 'WEBVTT\n\n00:01.000 --> 00:04.000\nGrüße vom Strand 🌊\n'
const ACCEPTED = 'WebVTT files in UTF-8 are accepted; their first line begins with WEBVTT.'
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'arv-captions-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function inspect(content: string | Uint8Array) {
  const path = join(folder, 'captions')
  await writeFile(path, content)
  const found = await inspectCaptions(path)
  expect(await readdir(folder)).toEqual(['captions'])
  return found
}

describe('captions that are accepted', () => {
  test.each([
    ['in UTF-8', TEXT, 56],
    ['with a byte order mark', `\u{FEFF}${TEXT}`, 59],
  ])('%s', async (_name, text, sizeBytes) => {
    expect(await inspect(text)).toEqual({
      kind: 'captions',
      mimeType: 'text/vtt',
      extension: 'vtt',
      sizeBytes,
      cueCount: 1,
    })
  })
})

describe('captions that are refused', () => {
  test.each([
    ['an empty file', '', 'EMPTY', 'The file is empty.'],
    [
      'SubRip',
      '1\n00:00:01,000 --> 00:00:04,000\nHi.',
      'UNSUPPORTED_TYPE',
      `This is not a captions file that can be used. ${ACCEPTED}`,
    ],
    [
      'two byte order marks',
      `\u{FEFF}\u{FEFF}${TEXT}`,
      'CORRUPT',
      'These captions can not be used. Line 1: the file has to begin with WEBVTT, on a line of its own.',
    ],
    [
      'UTF-16',
      Buffer.from(`\u{FEFF}${TEXT}`, 'utf16le'),
      'UNSUPPORTED_TYPE',
      `This is not a captions file that can be used. ${ACCEPTED}`,
    ],
    [
      'Latin-1',
      Buffer.from('WEBVTT\n\n00:01.000 --> 00:04.000\nGrüße\n', 'latin1'),
      'CORRUPT',
      'The captions are not in UTF-8. Save them in this encoding and send them again.',
    ],
    [
      'a bad cue',
      'WEBVTT\n\n00:05.000 --> 00:04.000\nHi.',
      'CORRUPT',
      'These captions can not be used. Line 3: the cue has to end after it starts, and goes from "00:05.000" to "00:04.000".',
    ],
    [
      'a signature alone',
      'WEBVTT',
      'CORRUPT',
      'These captions can not be used. It holds no cue, so there is nothing to read.',
    ],
  ])('%s', async (_name, content, reason, message) => {
    expect(await inspect(content)).toEqual({ kind: 'rejected', reason, message })
  })

  test('a video', async () => {
    expect(await inspect(await clip({ seconds: 0.2 }))).toMatchObject({
      message: `This is a video, not a captions file. ${ACCEPTED}`,
    })
  })
})

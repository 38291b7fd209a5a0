import { clip } from '@arv/testkit/clips'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { sniff } from './sniff.ts'

const picture = sharp({ create: { width: 80, height: 60, channels: 3, background: '#336699' } })

describe('sniffing', () => {
  test.each(['jpeg', 'png', 'webp', 'avif'] as const)('knows a picture as %s', async (format) => {
    const bytes = await picture.clone().toFormat(format).toBuffer()
    expect(await sniff(bytes)).toEqual({ kind: 'image', format, mimeType: `image/${format}` })
  })

  test.each([
    ['mp4', 'video/mp4'],
    ['mov', 'video/quicktime'],
    ['webm', 'video/webm'],
  ] as const)('knows a video as %s', async (container, mimeType) => {
    const bytes = await clip({ container, seconds: 0.2 })
    expect(await sniff(bytes)).toEqual({ kind: 'video', container, mimeType })
  })

  test('needs no more than the first bytes of a file', async () => {
    const bytes = await clip({ index: 'end' })
    expect(await sniff(bytes.subarray(0, 4100))).toMatchObject({ kind: 'video', container: 'mp4' })
  })

  test('says what it is that is not taken', async () => {
    const gif = await picture.clone().gif().toBuffer()
    expect(await sniff(gif)).toEqual({ kind: 'other', mimeType: 'image/gif' })
    expect(await sniff(Buffer.from('%PDF-1.7\n'))).toEqual({ kind: 'other', mimeType: 'application/pdf' })
  })

  test.each([
    ['an SVG', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'],
    ['an SVG with an XML header', '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'],
    ['a page', '<!doctype html><script>alert(1)</script>'],
    ['a text', 'just words'],
    ['zeros', '\0'.repeat(5000)],
    ['one byte', '\xff'],
  ])('takes %s for nothing', async (_name, content) => {
    expect(await sniff(Buffer.from(content, 'latin1'))).toMatchObject({ kind: 'other' })
  })

  test('knows that nothing is nothing', async () => {
    expect(await sniff(new Uint8Array())).toEqual({ kind: 'empty' })
  })
})

import { encode } from '@msgpack/msgpack'
import { describe, expect, test } from 'vitest'
import { readMarker } from './marker-reader.ts'

const TARGET = {
  targetImage: { width: 640, height: 480 },
  trackingData: [{ points: [{ x: 1, y: 2 }] }, { points: [{ x: 3, y: 4 }] }],
  matchingData: [{ maximaPoints: [] }],
}

describe('a marker', () => {
  test('of version 2 is read', () => {
    expect(readMarker(file({ v: 2, dataList: [TARGET] }))).toEqual([TARGET])
  })

  test.each([
    ['of another version', { v: 1, dataList: [TARGET] }],
    ['without pictures', { v: 2, dataList: [] }],
    ['without a list', { v: 2 }],
    ['that is a text', 'marker'],
    [
      'whose picture has no size',
      { v: 2, dataList: [{ ...TARGET, targetImage: { width: 640, height: 0 } }] },
    ],
    ['with nothing to find', { v: 2, dataList: [{ ...TARGET, matchingData: [] }] }],
    [
      'with nothing to follow',
      { v: 2, dataList: [{ ...TARGET, trackingData: [{ points: [1] }, { points: [] }] }] },
    ],
    ['with one size to follow', { v: 2, dataList: [{ ...TARGET, trackingData: [{ points: [1] }] }] }],
    ['whose second picture is damaged', { v: 2, dataList: [TARGET, null] }],
  ])('%s is refused', (_, content) => {
    expect(() => readMarker(file(content))).toThrow(expect.objectContaining({ code: 'BAD_MARKER' }))
  })

  test('that is a web page, or cut off, or empty, is refused', () => {
    const whole = encode({ v: 2, dataList: [TARGET] })
    for (const bytes of [new TextEncoder().encode('<!doctype html>'), whole.slice(0, -3), new Uint8Array()]) {
      expect(() => readMarker(copy(bytes))).toThrow(expect.objectContaining({ code: 'BAD_MARKER' }))
    }
  })
})

function file(content: unknown): ArrayBuffer {
  return copy(encode(content))
}

function copy(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer
}

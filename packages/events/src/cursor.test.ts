import { describe, expect, test } from 'vitest'
import { eventCursor, InvalidCursorError, isMissing, parseCursor, snapshotCursor } from './cursor.ts'

describe('a cursor', () => {
  test('after an event misses what sorts after it, by transaction first and sequence second', () => {
    const cursor = parseCursor(eventCursor({ tx: 900n, id: 41 }))
    expect(isMissing(cursor, { tx: 900n, id: 41 })).toBe(false)
    expect(isMissing(cursor, { tx: 899n, id: 99 })).toBe(false)
    expect(isMissing(cursor, { tx: 900n, id: 42 })).toBe(true)
    expect(isMissing(cursor, { tx: 901n, id: 1 })).toBe(true)
  })

  test('at a snapshot misses what was running then and what began later', () => {
    const cursor = parseCursor(snapshotCursor('100:110:103,107'))
    expect([99n, 100n, 104n, 109n].map((tx) => isMissing(cursor, { tx, id: 1 }))).toEqual([
      false,
      false,
      false,
      false,
    ])
    expect([103n, 107n, 110n, 500n].map((tx) => isMissing(cursor, { tx, id: 1 }))).toEqual([
      true,
      true,
      true,
      true,
    ])
  })

  test('at a quiet snapshot has nothing running', () => {
    const cursor = parseCursor(snapshotCursor('100:100:'))
    expect(isMissing(cursor, { tx: 99n, id: 1 })).toBe(false)
    expect(isMissing(cursor, { tx: 100n, id: 1 })).toBe(true)
  })

  test('keeps transaction ids that a number could not hold', () => {
    const tx = 18_446_744_073_709_551_615n
    const cursor = parseCursor(eventCursor({ tx, id: 7 }))
    expect(cursor).toEqual({ kind: 'event', position: { tx, id: 7 } })
  })

  test.each([
    '',
    'garbage',
    Buffer.from('e:1').toString('base64url'),
    Buffer.from('e:-1:1').toString('base64url'),
    Buffer.from("s:1:2:3'; drop table log.events").toString('base64url'),
    Buffer.from(`e:1:${'9'.repeat(40)}`).toString('base64url'),
    Buffer.from('e:18446744073709551616:1').toString('base64url'), // no transaction has a higher id than 2^64 - 1
    Buffer.from('s:18446744073709551616:18446744073709551616:').toString('base64url'),
    Buffer.from('s:0:0:').toString('base64url'),
    Buffer.from('s:200:100:').toString('base64url'),
  ])('that is not ours is refused: %s', (text) => {
    expect(() => parseCursor(text)).toThrow(InvalidCursorError)
  })

  test('that is longer than any that we make is refused', () => {
    const text = snapshotCursor(`100:200:${'150,'.repeat(20_000)}150`)
    expect(() => parseCursor(text)).toThrow(InvalidCursorError)
  })
})

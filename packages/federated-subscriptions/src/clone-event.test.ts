import { expect, test } from 'vitest'
import { cloneEvent } from './clone-event.ts'

test('a copy shares no list and no object with its original', () => {
  const original = { bid: { leaders: [{ id: '1' }, null], amount: 7, note: null } }
  const copy = cloneEvent(original)
  original.bid.leaders.push({ id: '2' })
  Object.assign(original.bid, { phone: 'secret' })
  expect(copy).toEqual({ bid: { leaders: [{ id: '1' }, null], amount: 7, note: null } })
})

test('an alias may be called __proto__', () => {
  const copy = cloneEvent(JSON.parse('{ "__proto__": { "admin": true }, "id": "1" }'))
  expect(JSON.stringify(copy)).toBe('{"__proto__":{"admin":true},"id":"1"}')
  expect(Object.getPrototypeOf(copy)).toBe(null)
})

test('what a scalar made stays what it is', () => {
  const at = new Date(0)
  expect(cloneEvent({ at, big: 1n })).toEqual({ at: new Date(0), big: 1n })
  expect(cloneEvent(at)).toBe(at)
})

import { describe, expect, test } from 'vitest'
import { mayReadMetrics } from './metrics-access.ts'

const local = { headers: {}, address: '127.0.0.1' }

describe('with a token', () => {
  const access = { token: 'a-long-secret', openToThisMachine: true }

  test('whoever has it may read, from anywhere', () => {
    const headers = { authorization: 'Bearer a-long-secret' }
    expect(mayReadMetrics({ headers, address: '203.0.113.7' }, access)).toBe('allowed')
  })

  test('whoever has another, or none, may not: not even on this machine', () => {
    expect(mayReadMetrics(local, access)).toBe('needs token')
    expect(mayReadMetrics({ ...local, headers: { authorization: 'Bearer a' } }, access)).toBe('needs token')
    expect(mayReadMetrics({ ...local, headers: { authorization: 'a-long-secret' } }, access)).toBe(
      'needs token',
    )
  })
})

describe('without a token', () => {
  const access = { token: undefined, openToThisMachine: true }

  test.each(['127.0.0.1', '127.8.9.10', '::1', '::ffff:127.0.0.1'])('%s may read', (address) => {
    expect(mayReadMetrics({ headers: {}, address }, access)).toBe('allowed')
  })

  test.each(['10.0.0.7', '172.17.0.1', '203.0.113.7', '::ffff:10.0.0.7', 'fe80::1', undefined])(
    '%s may not',
    (address) => {
      expect(mayReadMetrics({ headers: {}, address }, access)).toBe('hidden')
    },
  )

  test.each(['x-forwarded-for', 'forwarded', 'via', 'x-real-ip', 'x-forwarded-host'])(
    'a proxy on this machine speaks for others, as %s tells',
    (header) => {
      expect(mayReadMetrics({ ...local, headers: { [header]: '203.0.113.7' } }, access)).toBe('hidden')
    },
  )

  test('in production nobody may', () => {
    expect(mayReadMetrics(local, { token: undefined, openToThisMachine: false })).toBe('hidden')
  })
})

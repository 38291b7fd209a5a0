import { ANONYMOUS } from '@arv/identity'
import type { Caller, Principal } from '@arv/identity'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { DEFAULT_RATE_LIMITS } from './rate-limit-settings.ts'
import { createRateLimits } from './rate-limits.ts'

const ann: Principal = { kind: 'user', userId: 1, isPlatformAdmin: false, memberships: [] }
const bob: Principal = { ...ann, userId: 2 }
const machine: Principal = { kind: 'apiKey', apiKeyId: 1, companyId: 1, role: 'VIEWER' }

function caller(principal: Principal, ipAddress: string | null = '192.0.2.1'): Caller {
  return { requestId: 'test', principal, client: { ipAddress, userAgent: null } }
}
const create = () =>
  createRateLimits({ ...DEFAULT_RATE_LIMITS, stranger: 100, user: 1000, apiKey: 500, qr: 2 })

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

describe('an operation', () => {
  test('is paid from the minute’s points, then from the reserve, then not at all', async () => {
    const limits = create()
    const charge = async (cost: number) => {
      const { allowed, standings } = await limits.chargeOperation(caller(ANONYMOUS), cost)
      return [allowed, ...standings.map(({ policy, remaining }) => `${policy.name} ${remaining}`)]
    }
    expect(await charge(60)).toEqual([true, 'stranger 40'])
    expect(await charge(60)).toEqual([true, 'stranger 0', 'stranger-burst 140'])
    expect(await charge(100)).toEqual([true, 'stranger 0', 'stranger-burst 40'])
    expect(await charge(60)).toEqual([false, 'stranger 0', 'stranger-burst 0'])
    vi.advanceTimersByTime(60_000)
    expect(await charge(60)).toEqual([true, 'stranger 40'])
    expect(await charge(60)).toEqual([false, 'stranger 0', 'stranger-burst 0'])
  })

  test('that is refused may come again when the minute is over', async () => {
    const limits = create()
    vi.advanceTimersByTime(1000)
    for (let burst = 0; burst < 3; burst++) await limits.chargeOperation(caller(ANONYMOUS), 100)
    vi.advanceTimersByTime(20_000)
    expect(await limits.chargeOperation(caller(ANONYMOUS), 1)).toMatchObject({
      allowed: false,
      retryAfterSeconds: 40,
    })
  })

  test('costs a point at least', async () => {
    const { standings } = await create().chargeOperation(caller(ANONYMOUS), 0)
    expect(standings.map(({ remaining }) => remaining)).toEqual([99])
  })
})

describe('a budget belongs', () => {
  const used = async (first: Caller, second: Caller) => {
    const limits = create()
    await limits.chargeOperation(first, 10)
    const { standings } = await limits.chargeOperation(second, 1)
    const [standing] = standings
    return standing && standing.policy.points - standing.remaining
  }

  test.each([
    ['to an address, for strangers', caller(ANONYMOUS), caller(ANONYMOUS)],
    ['to an IPv6 network', caller(ANONYMOUS, '2001:db8::1'), caller(ANONYMOUS, '2001:db8::2')],
    ['to those whose address nobody knows', caller(ANONYMOUS, null), caller(ANONYMOUS, null)],
    ['to a user, wherever they are', caller(ann), caller(ann, '192.0.2.2')],
    ['to an API key', caller(machine), caller(machine, '192.0.2.2')],
  ])('%s', async (_whom, first, second) => {
    expect(await used(first, second)).toBe(11)
  })

  test.each([
    ['strangers of another address', caller(ANONYMOUS), caller(ANONYMOUS, '192.0.2.2')],
    ['another network', caller(ANONYMOUS, '2001:db8::1'), caller(ANONYMOUS, '2001:db8:0:1::1')],
    ['a user at a stranger’s address', caller(ANONYMOUS), caller(ann)],
    ['another user', caller(ann), caller(bob)],
    ['an API key whose number is a user’s', caller(ann), caller(machine)],
  ])('not to %s', async (_whom, first, second) => {
    expect(await used(first, second)).toBe(1)
  })
})

test('what is counted by the piece is counted by address, each for itself', async () => {
  const limits = create()
  const answers = []
  for (let request = 0; request < 3; request++) answers.push(await limits.count('qr', '192.0.2.1'))
  answers.push(await limits.count('qr', '192.0.2.2'), await limits.count('files', '192.0.2.1'))
  expect(answers.map(({ allowed }) => allowed)).toEqual([true, true, false, true, true])
})

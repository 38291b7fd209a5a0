import { expect, test } from 'vitest'
import { rateLimitFields } from './rate-limit-fields.ts'

const minute = { name: 'user', points: 1000, windowSeconds: 60 }
const burst = { name: 'user-burst', points: 2000, windowSeconds: 600 }

test('a budget says what it is made of, and where that stands which was looked at', () => {
  const standing = { policy: minute, allowed: true, remaining: 950, resetSeconds: 42 }
  expect(
    rateLimitFields(
      { allowed: true, policies: [minute, burst], standings: [standing], retryAfterSeconds: 42 },
      'points',
    ),
  ).toEqual({
    'ratelimit-policy': '"user";q=1000;w=60;qu="points", "user-burst";q=2000;w=600;qu="points"',
    ratelimit: '"user";r=950;t=42',
  })
})

test('one that is used up says when to come again', () => {
  const standings = [
    { policy: minute, allowed: false, remaining: 0, resetSeconds: 42 },
    { policy: burst, allowed: false, remaining: 0, resetSeconds: 500 },
  ]
  expect(
    rateLimitFields(
      { allowed: false, policies: [minute, burst], standings, retryAfterSeconds: 42 },
      'points',
    ),
  ).toMatchObject({ ratelimit: '"user";r=0;t=42, "user-burst";r=0;t=500', 'retry-after': '42' })
})

test('what is counted by the piece is requests, the unit that goes without saying', () => {
  const policy = { name: 'qr', points: 3000, windowSeconds: 60 }
  const standing = { policy, allowed: true, remaining: 2999, resetSeconds: 60 }
  expect(
    rateLimitFields(
      { allowed: true, policies: [policy], standings: [standing], retryAfterSeconds: 60 },
      'requests',
    ),
  ).toEqual({ 'ratelimit-policy': '"qr";q=3000;w=60', ratelimit: '"qr";r=2999;t=60' })
})

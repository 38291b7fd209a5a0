import type { Policy } from '@arv/rate-limits'
import type { Charge } from './rate-limits.ts'

/** What an operation's cost is counted in; what is counted by the piece is requests, which goes without saying. */
export type Unit = 'points' | 'requests'

/**
 * A budget and where it stands, as header fields: draft-ietf-httpapi-ratelimit-headers (10), and `Retry-After` when
 * there was too little left.
 *
 * @example // ratelimit-policy: "user";q=1000000;w=60;qu="points", "user-burst";q=2000000;w=600;qu="points"
 *          // ratelimit: "user";r=999950;t=42
 */
export function rateLimitFields(charge: Charge, unit: Unit): Record<string, string> {
  return {
    'ratelimit-policy': charge.policies.map((policy) => policyItem(policy, unit)).join(', '),
    ratelimit: charge.standings
      .map(({ policy, remaining, resetSeconds }) => `"${policy.name}";r=${remaining};t=${resetSeconds}`)
      .join(', '),
    ...(!charge.allowed && { 'retry-after': String(charge.retryAfterSeconds) }),
  }
}

function policyItem({ name, points, windowSeconds }: Policy, unit: Unit): string {
  return `"${name}";q=${points};w=${windowSeconds}${unit === 'points' ? ';qu="points"' : ''}`
}

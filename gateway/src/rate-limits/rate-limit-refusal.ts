import { GraphQLError } from 'graphql'
import type { Charge } from './rate-limits.ts'

/** What a client is told that asks too much, over HTTP (with status 429) and WebSocket alike. */
export function rateLimitRefusal({ retryAfterSeconds }: Pick<Charge, 'retryAfterSeconds'>): GraphQLError {
  const wait = retryAfterSeconds === 1 ? 'a second' : `${retryAfterSeconds} seconds`
  return new GraphQLError(`Too many requests. Try again in ${wait}.`, {
    extensions: { code: 'RATE_LIMITED', retryAfterSeconds },
  })
}

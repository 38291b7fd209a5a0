import type { Caller } from '@arv/identity'
import { GraphQLError } from 'graphql'
import type { GatewayLimits } from './operations/gateway-limits.ts'
import { createPlaces } from './places.ts'
import { payerOf } from './rate-limits/rate-limits.ts'

/** The subscriptions that are open in this gateway, by whose they are. */
export interface OpenSubscriptions {
  /** Takes a place; answers what gives it back, or why there is none. */
  take(caller: Caller): (() => void) | GraphQLError
}

/** Nobody knows when one of somebody's subscriptions ends. */
const RETRY_SECONDS = 30

const WHOSE = { stranger: 'An address', user: 'A user', 'api-key': 'An API key' } as const

export function createOpenSubscriptions({
  openSubscriptionsOfAddress,
  openSubscriptionsOfPrincipal,
}: Pick<GatewayLimits, 'openSubscriptionsOfAddress' | 'openSubscriptionsOfPrincipal'>): OpenSubscriptions {
  const ofAddresses = createPlaces(openSubscriptionsOfAddress)
  const ofPrincipals = createPlaces(openSubscriptionsOfPrincipal)
  return {
    take(caller) {
      const { budget, key } = payerOf(caller)
      const isStranger = budget === 'stranger'
      const leave = isStranger ? ofAddresses.take(key) : ofPrincipals.take(`${budget} ${key}`)
      if (leave !== null) return leave
      const most = isStranger ? openSubscriptionsOfAddress : openSubscriptionsOfPrincipal
      return new GraphQLError(
        `${WHOSE[budget]} has room for ${most} subscriptions at a time. Complete one, or try again later.`,
        { extensions: { code: 'RATE_LIMITED', retryAfterSeconds: RETRY_SECONDS } },
      )
    },
  }
}

import type { ExecutionResult } from 'graphql'
import { parse } from 'graphql'
import type { FederatedSubscriptions, FederatedSubscriptionsOptions } from '../src/index.ts'
import { createFederatedSubscriptions } from '../src/index.ts'
import type { AuctionHouse, Visitor } from './auction-house.ts'

export const guest: Visitor = { role: 'GUEST' }
export const auctioneer: Visitor = { role: 'AUCTIONEER' }

export function subscriptionsOf(
  house: AuctionHouse,
  options: Partial<FederatedSubscriptionsOptions<Visitor>> = {},
): FederatedSubscriptions<Visitor> {
  const { supergraphSdl, services, openSource } = house
  return createFederatedSubscriptions<Visitor>({ supergraphSdl, services, openSource, ...options })
}

/** Subscribes and expects a stream. */
export async function listen(
  subscriptions: FederatedSubscriptions<Visitor>,
  query: string,
  { variables, context = guest }: { variables?: Record<string, unknown>; context?: Visitor } = {},
): Promise<AsyncGenerator<ExecutionResult, void, void>> {
  const answer = await subscriptions.subscribe({ document: parse(query), variables, context })
  if (!('next' in answer)) throw new AggregateError(answer.errors ?? [], 'The subscription was refused')
  return answer
}

/** Subscribes and expects a refusal. */
export async function refusal(
  subscriptions: FederatedSubscriptions<Visitor>,
  query: string,
  variables?: Record<string, unknown>,
): Promise<ExecutionResult> {
  const answer = await subscriptions.subscribe({ document: parse(query), variables, context: guest })
  if ('next' in answer) throw new Error('The subscription was not refused')
  return answer
}

/** The next response, as a client would read it. */
export async function read(stream: AsyncGenerator<ExecutionResult, void, void>): Promise<unknown> {
  const { value } = await stream.next()
  return JSON.parse(JSON.stringify(value ?? null))
}

import type { ApolloServerPlugin } from '@apollo/server'
import type { ExecutionResult } from 'graphql'
import type { RequestContext } from '../request-context.ts'

/** Adds `extensions.cost` to every answer to an operation that was admitted. */
export function createCostExtension(limit: number): ApolloServerPlugin<RequestContext> {
  return {
    async requestDidStart() {
      return {
        async willSendResponse({ response, contextValue: { cost } }) {
          if (response.body.kind === 'single' && cost > 0) {
            response.body.singleResult = withCost(response.body.singleResult, cost, limit)
          }
        },
      }
    },
  }
}

function withCost<T extends Pick<ExecutionResult, 'extensions'>>(
  result: T,
  requested: number,
  limit: number,
): T {
  return { ...result, extensions: { ...result.extensions, cost: { requested, limit } } }
}

type Results = AsyncGenerator<ExecutionResult, void, void>

/** The same for each event of a subscription, or for the one answer that refuses it. */
export function eventsWithCost(
  outcome: Results | ExecutionResult,
  cost: number,
  limit: number,
): Results | ExecutionResult {
  if (!(Symbol.asyncIterator in outcome)) return withCost(outcome, cost, limit)
  // By hand: a generator function that is told to end does so only when the event that it waits for has come.
  const events: Results = {
    async next() {
      const step = await outcome.next()
      return step.done ? step : { ...step, value: withCost(step.value, cost, limit) }
    },
    return: (value) => outcome.return(value),
    throw: (error) => outcome.throw(error),
    [Symbol.asyncIterator]: () => events,
    [Symbol.asyncDispose]: () => outcome[Symbol.asyncDispose](),
  }
  return events
}

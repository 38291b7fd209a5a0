import type { ExecutionResult, GraphQLError } from 'graphql'
import type { SourceResult } from './execute-event.ts'
import { toGraphQLError } from './graphql-errors.ts'

interface ResponseStreamOptions {
  readonly source: AsyncIterator<SourceResult>
  /** Makes the response to one event. Rejects to end the stream. */
  readonly respond: (event: SourceResult) => Promise<ExecutionResult>
  /** Turns what ended the stream into what its consumer is told. */
  readonly report: (error: unknown) => GraphQLError
  /** Called once, however the stream ends. */
  readonly onEnd: () => void
}

export interface ResponseStream {
  readonly responses: AsyncGenerator<ExecutionResult, void, void>
  /** Ends the stream from outside: its consumer gets `reason` in place of the next response. */
  readonly fail: (reason: GraphQLError) => void
}

type Step = IteratorResult<ExecutionResult, void>

const DONE: Step = { done: true, value: undefined }

/**
 * The responses of one subscriber. An event is taken from the source only when a response is asked for, and the next
 * only after it is answered: responses keep the order of events, and a slow consumer holds nothing but its source back.
 *
 * Written by hand because an `async function*` answers `return()` only after the `next()` it is waiting in: a client
 * that leaves would keep its source open until another event happens to come.
 */
export function createResponseStream({
  source,
  respond,
  report,
  onEnd,
}: ResponseStreamOptions): ResponseStream {
  let ended = false
  let sourceEnded = false
  let failure: GraphQLError | undefined
  let waiting: PromiseWithResolvers<Step> | undefined
  let turn: Promise<unknown> = Promise.resolve()

  function end(error?: GraphQLError): void {
    if (ended) return
    ended = true
    if (!waiting) failure = error
    else if (error) waiting.reject(error)
    else waiting.resolve(DONE)
    waiting = undefined
    if (!sourceEnded) closeSource(source)
    onEnd()
  }

  async function advance(): Promise<void> {
    try {
      const event = await readSource()
      if (ended) return
      if (event.done === true) return end()
      const value = await respond(event.value)
      waiting?.resolve({ done: false, value })
      waiting = undefined
    } catch (error) {
      // Once ended, nobody is left to be told.
      if (!ended) end(report(error))
    }
  }

  async function readSource(): Promise<IteratorResult<SourceResult>> {
    try {
      const event = await source.next()
      sourceEnded = event.done === true
      return event
    } catch (error) {
      sourceEnded = true
      throw error
    }
  }

  function takeTurn(): Promise<Step> {
    if (failure) {
      const error = failure
      failure = undefined
      return Promise.reject(error)
    }
    if (ended) return Promise.resolve(DONE)
    waiting = Promise.withResolvers<Step>()
    const { promise } = waiting
    void advance()
    return promise
  }

  const responses: AsyncGenerator<ExecutionResult, void, void> = {
    next() {
      const taken = turn.then(takeTurn)
      turn = taken.catch(() => undefined)
      return taken
    },
    return() {
      end()
      return Promise.resolve(DONE)
    },
    throw(error: unknown) {
      end()
      return Promise.reject(toGraphQLError(error))
    },
    [Symbol.asyncIterator]: () => responses,
    [Symbol.asyncDispose]() {
      end()
      return Promise.resolve()
    },
  }
  return { responses, fail: end }
}

/**
 * Tells a source that nobody listens any more. Not awaited: a source that is an async generator answers only after
 * its next event, which may never come. How it fails to close is its own business: its subscriber is gone.
 */
export function closeSource(source: AsyncIterator<SourceResult>): void {
  try {
    source.return?.().catch(() => undefined)
  } catch {
    // A `return` that throws at once is the same as one that rejects.
  }
}

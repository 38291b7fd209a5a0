import type { ExecutionResult, GraphQLError } from 'graphql'

type Stream = AsyncGenerator<ExecutionResult, void, void>

/**
 * A stream that may be ended from outside: whoever reads it then gets the error in place of the next result.
 *
 * @param whenOver called once, however the stream ends
 */
export function endableStream(
  stream: Stream,
  whenOver: () => void,
): { readonly stream: Stream; readonly end: (error: GraphQLError) => void } {
  let reason: GraphQLError | undefined
  let isOver = false
  const over = () => {
    if (!isOver) whenOver()
    isOver = true
  }
  const endable: Stream = {
    async next() {
      const step = await stream.next().catch((error: unknown) => {
        over()
        throw error
      })
      if (!step.done) return step
      over()
      if (reason === undefined) return step
      const error = reason
      reason = undefined
      throw error
    },
    return(value) {
      over()
      return stream.return(value)
    },
    throw(error) {
      over()
      return stream.throw(error)
    },
    [Symbol.asyncIterator]: () => endable,
    [Symbol.asyncDispose]() {
      over()
      return stream[Symbol.asyncDispose]()
    },
  }
  return {
    stream: endable,
    end(error) {
      reason = error
      void stream.return()
    },
  }
}

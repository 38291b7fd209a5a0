/** The subgraph has too many calls before it already, or has not answered for a while: this one was never made. */
export class CallRefusedError extends Error {
  constructor(inFlight: number) {
    super(`${inFlight} calls wait for an answer already`)
    this.name = 'CallRefusedError'
  }
}

/** Keeps calls to a subgraph that hangs from piling up. */
export interface CallGate {
  /**
   * @param call rejects when it was not answered
   * @throws CallRefusedError at once, when the call is one too many
   */
  run<T>(call: () => Promise<T>): Promise<T>
}

/** How many calls in a row go unanswered before a subgraph counts as gone. */
const MISSES = 20
/** How many ask at a time whether a subgraph that seemed gone is back. */
const PROBES = 2

/**
 * At most `most` calls wait for an answer at a time; after many without one, only a few, until one is answered.
 *
 * @param isMiss whether what a call rejected with means that nobody answered
 */
export function createCallGate(most: number, isMiss: (error: unknown) => boolean = () => true): CallGate {
  let inFlight = 0
  let misses = 0
  return {
    async run(call) {
      if (inFlight >= (misses < MISSES ? most : PROBES)) throw new CallRefusedError(inFlight)
      inFlight += 1
      try {
        const answer = await call()
        misses = 0
        return answer
      } catch (error) {
        misses = isMiss(error) ? misses + 1 : 0
        throw error
      } finally {
        inFlight -= 1
      }
    },
  }
}

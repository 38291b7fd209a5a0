import type { Instruments } from './instruments.ts'
import type { Tracing } from './tracing.ts'

type CallKind = 'query' | 'mutation' | 'subscription' | 'command'

/** What a client of subgraphs reports to. */
export interface ClientObserver {
  /**
   * Around each call.
   *
   * @param run is given the `traceparent` to send along, if there is one
   * @param hasErrors whether an answer that came tells of errors
   */
  call<T>(
    subgraph: string,
    kind: CallKind,
    run: (traceparent: string | undefined) => Promise<T>,
    hasErrors: (answer: T) => boolean,
  ): Promise<T>
}

interface Deps {
  readonly instruments: Instruments
  readonly tracing: Tracing
}

export function createClientObserver({ instruments, tracing }: Deps): ClientObserver {
  return {
    call: async (subgraph, kind, run, hasErrors) => {
      const began = performance.now()
      let outcome = 'failed'
      const options = { kind: 'client', attributes: { 'arv.subgraph': subgraph, 'arv.call': kind } } as const
      try {
        return await tracing.span(`${subgraph} ${kind}`, options, async (span) => {
          const answer = await run(span.traceparent)
          outcome = hasErrors(answer) ? 'errors' : 'ok'
          if (outcome === 'errors') span.fail('GraphQLError')
          return answer
        })
      } finally {
        instruments.subgraphCall((performance.now() - began) / 1000, subgraph, kind, outcome)
      }
    },
  }
}

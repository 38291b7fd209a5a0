import type { Instruments } from './instruments.ts'
import type { Tracing } from './tracing.ts'

/** How many jobs of a queue are in a state. */
export interface QueueCount {
  readonly queue: string
  readonly state: string
  readonly jobs: number
  readonly oldestSeconds: number
}

/** What `@arv/jobs` reports to. */
export interface JobsObserver {
  /** Around each run of a job. @param trace what `trace()` said where it was sent */
  run(queue: string, trace: string | undefined, handle: () => Promise<void>): Promise<void>
  /** What a job that is sent now carries, so that its run can be linked to what sent it; undefined while nobody traces. */
  trace(): string | undefined
}

interface Deps {
  readonly instruments: Instruments
  readonly tracing: Tracing
}

export function createJobsObserver({ instruments, tracing }: Deps): JobsObserver {
  return {
    trace: () => tracing.current(),
    run: async (queue, trace, handle) => {
      const began = performance.now()
      let outcome = 'failed'
      const options = {
        kind: 'consumer',
        parent: null,
        ...(trace !== undefined && { links: [trace] }),
        attributes: { 'messaging.destination.name': queue },
      } as const
      try {
        await tracing.span(`job ${queue}`, options, handle)
        outcome = 'ok'
      } finally {
        instruments.jobRun((performance.now() - began) / 1000, queue, outcome)
      }
    },
  }
}

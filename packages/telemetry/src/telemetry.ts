import { Registry } from 'prom-client'
import { createClientObserver } from './client-observer.ts'
import type { ClientObserver } from './client-observer.ts'
import { createDatabaseObservers } from './database-observer.ts'
import type { DatabaseObserver } from './database-observer.ts'
import { createEventObserver } from './event-observer.ts'
import type { EventObserver } from './event-observer.ts'
import { createInstruments, gaugesOf } from './instruments.ts'
import type { AddGauge, Instruments } from './instruments.ts'
import { createJobsObserver } from './jobs-observer.ts'
import type { JobsObserver, QueueCount } from './jobs-observer.ts'
import { processMetrics } from './process-metrics.ts'
import { NO_TRACING } from './tracing.ts'
import type { Tracing } from './tracing.ts'

export interface TelemetryOptions {
  /** What the process is called in traces: `arv`, `arv-gateway`, `arv-content`. */
  readonly service: string
  /** Where traces go (OTEL_EXPORTER_OTLP_ENDPOINT); nowhere, and nothing is loaded for them, unless given. */
  readonly otlpEndpoint?: string | undefined
  /** Is told what telemetry itself fails at. */
  readonly onError: (error: unknown) => void
}

/**
 * What one server counts and traces. Each has its own, so that several can run in a process; packages are handed the
 * part that is theirs, and know neither Prometheus nor OpenTelemetry.
 */
export interface Telemetry {
  readonly tracing: Tracing
  readonly instruments: Instruments
  /** For `createDatabase`. */
  database(subgraph: string, poolSize: number): DatabaseObserver
  /** For `startJobs`. */
  readonly jobs: JobsObserver
  /** For `createPostgresEventBus`. */
  readonly events: EventObserver
  /** For `observeClient`. */
  readonly client: ClientObserver
  /** For `createMediaSubgraph`. */
  readonly media: MediaObserver
  /** Adds a number that is read at each scrape. */
  readonly gauge: AddGauge
  /** Adds the queues that this process works on. */
  watchQueues(count: () => Promise<readonly QueueCount[]>): void
  /** Everything, in Prometheus's text format. Never rejects. */
  metrics(): Promise<{ readonly contentType: string; readonly text: string }>
  /** Sends the traces that are left. */
  close(): Promise<void>
}

/** What media reports to. */
interface MediaObserver {
  /** @param outcome `compiled`, or the code of what it was not */
  markerCompiled(outcome: string, seconds: number): void
  /** @param kind what the file is for */
  uploaded(kind: string, bytes: number): void
}

export async function createTelemetry(options: TelemetryOptions): Promise<Telemetry> {
  const { onError } = options
  const registry = new Registry()
  // From now on, not from the first scrape.
  const ofProcess = processMetrics()
  const instruments = createInstruments(registry)
  const tracing = await createTracing(options)
  const queues: (() => Promise<readonly QueueCount[]>)[] = []

  const gauge = gaugesOf(registry, onError)
  const readQueues = async (valueOf: (count: QueueCount) => number) => {
    const counts = await Promise.all(queues.map((count) => count()))
    return counts.flat().map((count) => ({
      labels: { queue: count.queue, state: count.state },
      value: valueOf(count),
    }))
  }
  gauge('arv_jobs', 'Jobs of the queues that this process works on, by state.', ['queue', 'state'], () =>
    readQueues(({ jobs }) => jobs),
  )
  gauge(
    'arv_job_oldest_age_seconds',
    'Since when the oldest job of a state has been in it, or has been due.',
    ['queue', 'state'],
    () => readQueues(({ oldestSeconds }) => oldestSeconds),
  )

  return {
    tracing,
    instruments,
    database: createDatabaseObservers({ instruments, tracing, gauge }),
    jobs: createJobsObserver({ instruments, tracing }),
    events: createEventObserver({ instruments, gauge }),
    client: createClientObserver({ instruments, tracing }),
    media: {
      markerCompiled: (outcome, seconds) => instruments.markerCompile(seconds, outcome),
      uploaded: (kind, bytes) => instruments.uploadedBytes(bytes, kind),
    },
    gauge,
    watchQueues: (count) => void queues.push(count),
    metrics: async () => {
      const parts = await Promise.all([registry.metrics(), ofProcess.metrics()])
      return { contentType: registry.contentType, text: parts.join('\n') }
    },
    close: () => tracing.close(),
  }
}

async function createTracing({ service, otlpEndpoint, onError }: TelemetryOptions): Promise<Tracing> {
  if (otlpEndpoint === undefined) return NO_TRACING
  const { createOpenTelemetryTracing } = await import('./open-telemetry-tracing.ts')
  return createOpenTelemetryTracing({ service, endpoint: otlpEndpoint, onError })
}

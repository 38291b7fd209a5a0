import { Counter, Gauge, Histogram } from 'prom-client'
import type { Registry } from 'prom-client'

const LATENCY = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const WORK = [0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300]

/** Adds a value to one time series. */
type Observe<Labels extends readonly string[]> = (value: number, ...labels: Labels) => void

/** Everything that is counted and timed, in one place. What asks for it in `/metrics` is described in docs/operations.md. */
export function createInstruments(registry: Registry) {
  const histogram = histogramsOf(registry)
  const counter = countersOf(registry)
  return {
    httpRequest: histogram<[method: string, route: string, status: string]>(
      'arv_http_request_duration_seconds',
      'HTTP requests, from their first byte to the last byte of the answer.',
      LATENCY,
      ['method', 'route', 'status'],
    ),
    operation: histogram<[operation: string, type: string, outcome: string]>(
      'arv_graphql_operation_duration_seconds',
      'GraphQL queries and mutations. Outcome: ok, partial (data and errors) or failed.',
      LATENCY,
      ['operation', 'type', 'outcome'],
    ),
    error: counter<[code: string]>('arv_graphql_errors_total', 'Errors that clients were told, by code.', [
      'code',
    ]),
    subgraphCall: histogram<[subgraph: string, kind: string, outcome: string]>(
      'arv_subgraph_call_duration_seconds',
      'Calls of subgraphs. Kind: query, mutation, subscription (until it is open) or command. Outcome: ok, errors or failed.',
      LATENCY,
      ['subgraph', 'kind', 'outcome'],
    ),
    transaction: histogram<[pool: string, mode: string, outcome: string]>(
      'arv_database_transaction_duration_seconds',
      'Transactions from their begin to their end, without the wait for a connection. Mode: read, write or viewer.',
      LATENCY,
      ['pool', 'mode', 'outcome'],
    ),
    connectionWait: histogram<[pool: string]>(
      'arv_database_connection_wait_seconds',
      'How long a transaction waited for a connection and for its begin.',
      LATENCY,
      ['pool'],
    ),
    jobRun: histogram<[queue: string, outcome: string]>(
      'arv_job_run_duration_seconds',
      'Runs of jobs. A run that failed may be followed by another.',
      WORK,
      ['queue', 'outcome'],
    ),
    eventLag: histogram<[]>(
      'arv_event_delivery_lag_seconds',
      'From the moment an event was appended to its delivery to the subscribers of this process.',
      LATENCY,
      [],
    ),
    subscriptionEvent: histogram<[field: string]>(
      'arv_subscription_event_duration_seconds',
      'Making the answer to one event of a subscription.',
      LATENCY,
      ['field'],
    ),
    markerCompile: histogram<[outcome: string]>(
      'arv_marker_compile_duration_seconds',
      'Compilations of markers, without the wait for their turn.',
      WORK,
      ['outcome'],
    ),
    uploadedBytes: counter<[kind: string]>(
      'arv_upload_bytes_total',
      'Bytes of the files that were accepted.',
      ['kind'],
    ),
  }
}

export type Instruments = ReturnType<typeof createInstruments>

/** A gauge that is read when it is asked for. */
interface Reading {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

type Read = () => readonly Reading[] | Promise<readonly Reading[]>

/** Adds a gauge whose values come from `read`, once for each scrape. */
export type AddGauge = (name: string, help: string, labels: readonly string[], read: Read) => void

/** @param onError is told of a read that fails or takes too long: its gauge is without values, the rest of the scrape still good */
export function gaugesOf(registry: Registry, onError: (error: unknown) => void): AddGauge {
  return (name, help, labelNames, read) => {
    new Gauge({
      name,
      help,
      labelNames,
      registers: [registry],
      async collect() {
        const readings = await readOrNothing(read, onError)
        this.reset()
        for (const { labels, value } of readings) this.set(labels, value)
      },
    })
  }
}

const READ_DEADLINE_MS = 2_000

async function readOrNothing(read: Read, onError: (error: unknown) => void): Promise<readonly Reading[]> {
  let timer: NodeJS.Timeout | undefined
  try {
    const tooLate = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error('a metric was not read in time')), READ_DEADLINE_MS)
    })
    return await Promise.race([read(), tooLate])
  } catch (error) {
    onError(error)
    return []
  } finally {
    clearTimeout(timer)
  }
}

/** A series is looked up by its labels once: prom-client's own look-up sorts and joins them at every call. */
function seriesOf<Series>(
  make: (labels: readonly string[]) => Series,
): (labels: readonly string[]) => Series {
  const known = new Map<string, Series>()
  return (labels) => {
    const key = labels.length === 1 ? (labels[0] ?? '') : labels.join('\n')
    let series = known.get(key)
    if (series === undefined) {
      series = make(labels)
      known.set(key, series)
    }
    return series
  }
}

function histogramsOf(registry: Registry) {
  return <Labels extends readonly string[]>(
    name: string,
    help: string,
    buckets: number[],
    labelNames: readonly string[],
  ): Observe<Labels> => {
    const metric = new Histogram({ name, help, buckets, labelNames, registers: [registry] })
    const series = seriesOf((labels) => metric.labels(...labels))
    return (value, ...labels) => series(labels).observe(value)
  }
}

function countersOf(registry: Registry) {
  return <Labels extends readonly string[]>(
    name: string,
    help: string,
    labelNames: readonly string[],
  ): Observe<Labels> => {
    const metric = new Counter({ name, help, labelNames, registers: [registry] })
    const series = seriesOf((labels) => metric.labels(...labels))
    return (value, ...labels) => series(labels).inc(value)
  }
}

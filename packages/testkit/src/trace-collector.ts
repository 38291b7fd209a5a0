import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { json } from 'node:stream/consumers'

/** A span as it was received, with what tests look at. */
export interface CollectedSpan {
  readonly service: string
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  /** Empty for the first span of a trace. */
  readonly parentSpanId: string
  readonly attributes: Readonly<Record<string, unknown>>
  /** The spans that it is linked to. */
  readonly links: readonly string[]
  readonly failed: boolean
}

/** Receives traces as any collector does: OTLP over HTTP, in JSON. */
export interface TraceCollector {
  /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
  readonly endpoint: string
  /** Everything received so far. */
  readonly spans: readonly CollectedSpan[]
  /** The bodies as they came, to look for what must not be in them. */
  readonly bodies: readonly string[]
  close(): Promise<void>
}

/** @example const collector = await startTraceCollector(); afterAll(() => collector.close()) */
export async function startTraceCollector(): Promise<TraceCollector> {
  const spans: CollectedSpan[] = []
  const bodies: string[] = []
  const server = createServer((request, response) => {
    void receive(request).then(
      (body) => {
        bodies.push(JSON.stringify(body))
        spans.push(...spansIn(body))
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"partialSuccess":{}}')
      },
      () => response.writeHead(400).end(),
    )
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the collector has no address')
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    spans,
    bodies,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function receive(request: IncomingMessage): Promise<ExportedTraces> {
  if (request.method !== 'POST' || request.url !== '/v1/traces') throw new Error('no traces')
  const body: unknown = await json(request)
  if (!isExport(body)) throw new Error('no OTLP')
  return body
}

/** opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest in protobuf's JSON mapping, ids in hexadecimal. */
interface ExportedTraces {
  readonly resourceSpans: readonly {
    readonly resource?: { readonly attributes?: readonly KeyValue[] }
    readonly scopeSpans: readonly { readonly spans: readonly ExportedSpan[] }[]
  }[]
}

interface ExportedSpan {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly attributes?: readonly KeyValue[]
  readonly links?: readonly { readonly spanId: string }[]
  readonly status?: { readonly code?: number }
}

interface KeyValue {
  readonly key: string
  readonly value: Readonly<Record<string, unknown>>
}

const STATUS_ERROR = 2

function spansIn({ resourceSpans }: ExportedTraces): CollectedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = String(valuesOf(resource?.attributes)['service.name'])
    return scopeSpans.flatMap((scope) =>
      scope.spans.map((span) => ({
        service,
        name: span.name,
        traceId: span.traceId,
        spanId: span.spanId,
        parentSpanId: span.parentSpanId ?? '',
        attributes: valuesOf(span.attributes),
        links: (span.links ?? []).map((link) => link.spanId),
        failed: span.status?.code === STATUS_ERROR,
      })),
    )
  })
}

function valuesOf(attributes: readonly KeyValue[] = []): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))
}

function isExport(body: unknown): body is ExportedTraces {
  return (
    typeof body === 'object' && body !== null && 'resourceSpans' in body && Array.isArray(body.resourceSpans)
  )
}

import { AsyncLocalStorage } from 'node:async_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { isSpanContextValid, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import type { Context, Span as ApiSpan, SpanContext, Tracer } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources'
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'
import type { SpanExporter } from '@opentelemetry/sdk-trace-base'
import { failureName } from './tracing.ts'
import type { OpenSpan, SpanOptions, Tracing } from './tracing.ts'

export interface OpenTelemetryOptions {
  /** What the process is called in traces: `arv-gateway`. */
  readonly service: string
  /** The collector, as OTEL_EXPORTER_OTLP_ENDPOINT names it: `/v1/traces` is appended. */
  readonly endpoint: string
  readonly onError: (error: unknown) => void
}

const KINDS = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  consumer: SpanKind.CONSUMER,
} as const

const CLOSE_MS = 2_000
/** A collector that is away is said once in a while, not with every batch. */
const SILENCE_MS = 60_000

const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-|$)/

/**
 * Traces to a collector over OTLP/HTTP, as JSON. Nothing global is registered, so that several servers of one process
 * keep their traces apart; the other OTEL_* variables (headers, sampler, batches) mean what OpenTelemetry says.
 */
export function createOpenTelemetryTracing({ service, endpoint, onError }: OpenTelemetryOptions): Tracing {
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces` })
  const provider = new BasicTracerProvider({
    resource: defaultResource().merge(resourceFromAttributes({ 'service.name': service })),
    spanProcessors: [new BatchSpanProcessor(reporting(exporter, onError))],
  })
  const tracer = provider.getTracer('arv')
  const contexts = new AsyncLocalStorage<Context>()

  const open = (name: string, options: SpanOptions = {}): OpenSpan => {
    const context = parentOf(options, contexts.getStore())
    const span = startSpan(tracer, name, options, context)
    return {
      traceparent: traceparentOf(span),
      set: (attributes) => void span.setAttributes(attributes),
      fail: (reason) => {
        span.setAttribute('error.type', reason)
        span.setStatus({ code: SpanStatusCode.ERROR })
      },
      run: (work) => contexts.run(trace.setSpan(context, span), work),
      end: () => span.end(),
    }
  }
  return {
    enabled: true,
    open,
    span: async (name, options, work) => {
      const span = open(name, options)
      try {
        return await span.run(() => work(span))
      } catch (error) {
        span.fail(failureName(error))
        throw error
      } finally {
        span.end()
      }
    },
    current: () => {
      const span = trace.getSpan(contexts.getStore() ?? ROOT_CONTEXT)
      return span && traceparentOf(span)
    },
    // A collector that is away must not keep the process.
    close: () =>
      Promise.race([provider.shutdown().catch(() => undefined), delay(CLOSE_MS, undefined, { ref: false })]),
  }
}

function startSpan(
  tracer: Tracer,
  name: string,
  { kind = 'internal', attributes, links = [], startedAt }: SpanOptions,
  context: Context,
): ApiSpan {
  const linked = links.flatMap((link) => spanContextOf(link) ?? [])
  return tracer.startSpan(
    name,
    {
      kind: KINDS[kind],
      ...(attributes && { attributes }),
      ...(linked.length > 0 && { links: linked.map((each) => ({ context: each })) }),
      // The clock that hrtime counts by: OpenTelemetry takes milliseconds since the epoch.
      ...(startedAt !== undefined && { startTime: performance.timeOrigin + startedAt }),
    },
    context,
  )
}

function parentOf({ parent }: SpanOptions, current: Context | undefined): Context {
  if (parent === undefined) return current ?? ROOT_CONTEXT
  const remote = parent === null ? undefined : spanContextOf(parent)
  return remote ? trace.setSpanContext(ROOT_CONTEXT, remote) : ROOT_CONTEXT
}

/** W3C Trace Context, section 3.2. Undefined for what is none: a trace of its own is better than no answer. */
function spanContextOf(traceparent: string): SpanContext | undefined {
  const [, traceId = '', spanId = '', flags = ''] = TRACEPARENT.exec(traceparent) ?? []
  const context = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true }
  return isSpanContextValid(context) ? context : undefined
}

function traceparentOf(span: ApiSpan): string {
  const { traceId, spanId, traceFlags } = span.spanContext()
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`
}

/** OpenTelemetry keeps a collector's absence to itself. */
function reporting(exporter: SpanExporter, onError: (error: unknown) => void): SpanExporter {
  let silentUntil = 0
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        if (result.error && Date.now() >= silentUntil) {
          silentUntil = Date.now() + SILENCE_MS
          onError(result.error)
        }
        done(result)
      }),
    forceFlush: async () => exporter.forceFlush?.(),
    shutdown: () => exporter.shutdown(),
  }
}

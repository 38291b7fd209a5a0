/** What a span says of itself. Never personal data, parameters of statements, or texts that somebody wrote. */
type Attributes = Readonly<Record<string, string | number | boolean>>

export interface SpanOptions {
  readonly kind?: 'internal' | 'server' | 'client' | 'consumer'
  readonly attributes?: Attributes
  /** A W3C `traceparent`, null for a trace of its own; without it: the span in which the caller runs. */
  readonly parent?: string | null | undefined
  /** `traceparent`s of spans that led here without waiting for us. */
  readonly links?: readonly string[]
  /** When it began, if not now, as `performance.now()` said. */
  readonly startedAt?: number
}

/** A piece of work in a trace. */
export interface Span {
  /** How another process continues the trace (W3C Trace Context); undefined while nothing is traced. */
  readonly traceparent: string | undefined
  set(attributes: Attributes): void
  /** @param reason a code or the name of an error, never its message */
  fail(reason: string): void
}

/** A span whose end is the caller's to say. */
export interface OpenSpan extends Span {
  /** Runs `work` so that spans which it opens are this one's children. */
  run<T>(work: () => T): T
  end(): void
}

export interface Tracing {
  /** False when spans go nowhere: what is costly to know for them need not be found out. */
  readonly enabled: boolean
  open(name: string, options?: SpanOptions): OpenSpan
  /** Runs `work` in a span that ends when it settles, failed when it rejects. */
  span<T>(name: string, options: SpanOptions, work: (span: Span) => Promise<T>): Promise<T>
  /** The `traceparent` of the span in which the caller runs. */
  current(): string | undefined
  /** Sends what is left. */
  close(): Promise<void>
}

const NO_SPAN: OpenSpan = {
  traceparent: undefined,
  set: () => undefined,
  fail: () => undefined,
  run: (work) => work(),
  end: () => undefined,
}

/** Traces nothing, at the price of a function call. */
export const NO_TRACING: Tracing = {
  enabled: false,
  open: () => NO_SPAN,
  span: (_name, _options, work) => work(NO_SPAN),
  current: () => undefined,
  close: async () => undefined,
}

/** The name of an error's kind, which may be shown where its message may not. */
export function failureName(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}

export { boundNames } from './bounded-names.ts'
export { type MetricsAccess, mayReadMetrics } from './metrics-access.ts'
export { createTelemetry, type Telemetry, type TelemetryOptions } from './telemetry.ts'
export type { ClientObserver } from './client-observer.ts'
export { failureName, type OpenSpan, type Span, type SpanOptions, type Tracing } from './tracing.ts'
export {
  openTelemetryVariables,
  telemetrySettings,
  type TelemetrySettings,
  telemetryVariables,
} from './telemetry-env.ts'

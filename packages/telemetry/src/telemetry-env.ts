import { z } from 'zod'
import type { MetricsAccess } from './metrics-access.ts'

/** The variables that every process of ARV reads for its telemetry; the exporter reads the other OTEL_* itself. */
export const telemetryVariables = {
  ARV_METRICS_TOKEN: z
    .string()
    .regex(/^[\w.~+/=-]{16,}$/, 'at least 16 letters, digits or . _ ~ + / = - are expected')
    .optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url({ protocol: /^https?$/, error: 'an http:// or https:// address is expected' })
    .optional(),
} as const

/** How a process is watched. */
export interface TelemetrySettings {
  readonly metricsAccess: MetricsAccess
  /** Where traces go; nowhere when undefined. */
  readonly otlpEndpoint: string | undefined
}

export function telemetrySettings(
  env: z.infer<z.ZodObject<typeof telemetryVariables>>,
  isProduction: boolean,
): TelemetrySettings {
  return {
    metricsAccess: { token: env.ARV_METRICS_TOKEN, openToThisMachine: !isProduction },
    otlpEndpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT,
  }
}

/** Those of `variables` that are OpenTelemetry's: for a process that is given nothing but what it needs. */
export function openTelemetryVariables(
  variables: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) =>
      name.startsWith('OTEL_') && value !== undefined ? [[name, value]] : [],
    ),
  )
}

import { z } from 'zod'

/** How much may be asked of the gateway within a minute: docs/limits.md. */
export interface RateLimitSettings {
  /** Points of operations: of strangers, by address; of a user; of an API key. */
  readonly stranger: number
  readonly user: number
  readonly apiKey: number
  /** Of one address, whoever it is; these are counted by the piece. */
  readonly requests: number
  readonly uploads: number
  readonly connects: number
  readonly subscriptions: number
  readonly files: number
  readonly qr: number
  readonly pages: number
}

/** Counters have 32 bits, and may go over once. */
const amount = z.coerce
  .number('a number is expected')
  .int('a whole number is expected')
  .min(1, 'at least 1 is expected')
  .max(500_000_000, 'at most 500000000 is expected')

/** The variables that set them. An exhibition's visitors, and a company's people, may all come from one address. */
export const RATE_LIMIT_VARIABLES = {
  ARV_RATE_STRANGER_POINTS: amount.default(300_000),
  ARV_RATE_USER_POINTS: amount.default(1_000_000),
  ARV_RATE_API_KEY_POINTS: amount.default(1_000_000),
  ARV_RATE_REQUESTS: amount.default(6000),
  ARV_RATE_UPLOADS: amount.default(300),
  ARV_RATE_CONNECTS: amount.default(1200),
  ARV_RATE_SUBSCRIPTIONS: amount.default(3000),
  ARV_RATE_FILES: amount.default(12_000),
  ARV_RATE_QR: amount.default(3000),
  ARV_RATE_PAGES: amount.default(6000),
}

const schema = z.object(RATE_LIMIT_VARIABLES)

/** The limits that the variables set, which `RATE_LIMIT_VARIABLES` has read. */
export function rateLimitsOf(variables: z.infer<typeof schema>): RateLimitSettings {
  return {
    stranger: variables.ARV_RATE_STRANGER_POINTS,
    user: variables.ARV_RATE_USER_POINTS,
    apiKey: variables.ARV_RATE_API_KEY_POINTS,
    requests: variables.ARV_RATE_REQUESTS,
    uploads: variables.ARV_RATE_UPLOADS,
    connects: variables.ARV_RATE_CONNECTS,
    subscriptions: variables.ARV_RATE_SUBSCRIPTIONS,
    files: variables.ARV_RATE_FILES,
    qr: variables.ARV_RATE_QR,
    pages: variables.ARV_RATE_PAGES,
  }
}

/** The variables that set these limits. */
export function rateLimitsToVariables(
  limits: RateLimitSettings,
): Readonly<Record<keyof typeof RATE_LIMIT_VARIABLES, string>> {
  return {
    ARV_RATE_STRANGER_POINTS: String(limits.stranger),
    ARV_RATE_USER_POINTS: String(limits.user),
    ARV_RATE_API_KEY_POINTS: String(limits.apiKey),
    ARV_RATE_REQUESTS: String(limits.requests),
    ARV_RATE_UPLOADS: String(limits.uploads),
    ARV_RATE_CONNECTS: String(limits.connects),
    ARV_RATE_SUBSCRIPTIONS: String(limits.subscriptions),
    ARV_RATE_FILES: String(limits.files),
    ARV_RATE_QR: String(limits.qr),
    ARV_RATE_PAGES: String(limits.pages),
  }
}

export const DEFAULT_RATE_LIMITS: RateLimitSettings = rateLimitsOf(schema.parse({}))

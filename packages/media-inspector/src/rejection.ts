import { inspect } from 'node:util'
import { z } from 'zod'

/** Why a file is not taken. */
export const rejectionSchema = z.object({
  kind: z.literal('rejected'),
  reason: z.enum([
    'EMPTY',
    'UNSUPPORTED_TYPE',
    'UNSUPPORTED_CODEC',
    'TOO_SMALL',
    'TOO_MANY_PIXELS',
    'TOO_LONG',
    'TOO_DEMANDING',
    'TIMED_OUT',
    'CORRUPT',
  ]),
  /** One or two sentences for the person who sent the file. */
  message: z.string(),
  /** What a library said, for the log only. */
  detail: z.string().exactOptional(),
})

export type Rejection = z.infer<typeof rejectionSchema>
export type RejectionReason = Rejection['reason']

export function rejected(reason: RejectionReason, message: string, cause?: unknown): Rejection {
  if (cause === undefined) return { kind: 'rejected', reason, message }
  const detail = cause instanceof Error ? cause.message : inspect(cause)
  return { kind: 'rejected', reason, message, detail: detail.slice(0, 2000) }
}

import { z } from 'zod'

/** What a marker recognises: an AR content or a portrait. */
const subject = z.strictObject({ type: z.enum(['content', 'portrait']), id: z.int().positive() })

const markerOutcome = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('PROCESSING') }),
  z.strictObject({
    status: z.literal('COMPLETED'),
    fileId: z.int().positive(),
    rating: z.number().min(0).max(5),
    featureCount: z.int().nonnegative(),
  }),
  z.strictObject({
    status: z.literal('FAILED'),
    code: z.enum(['TOO_SMALL', 'EXTREME_ASPECT_RATIO', 'TOO_FEW_FEATURES', 'TIMED_OUT', 'INTERNAL']),
    rating: z.number().min(0).max(5).nullable(),
    featureCount: z.int().nonnegative().nullable(),
  }),
])

const markerCompile = z.strictObject({
  companyId: z.int().positive(),
  subject,
  imageId: z.int().positive(),
  generation: z.int().positive(),
})

/** How often a marker is tried: once, and again as often as migration 0007 says. */
export const MARKER_RUNS = 4

/**
 * Every job by its queue. A payload is the company and ids, never texts: whoever handles the job reads the
 * rest when it runs. Queues and their retries are made by migration 0007.
 */
export const JOBS = {
  /** media: compile the image of `subject`. `generation` counts the requests, so that a late one is known. */
  'marker.compile': markerCompile,
  /** media: the last run of a `marker.compile` ended without an answer. */
  'marker.abandoned': markerCompile,
  /** content: what became of it. `attempt` counts the runs of one generation. */
  'marker.report': z.strictObject({
    companyId: z.int().positive(),
    subject,
    generation: z.int().positive(),
    attempt: z.int().positive(),
    outcome: markerOutcome,
  }),
  /** media: write down the folders of a company whose row exists now. */
  'storage.register-company': z.strictObject({ companyId: z.int().positive() }),
  /** media: remove what broken-off creations and uploads left behind. */
  'storage.sweep': z.strictObject({}),
  /** tenancy: give projects that renew themselves their next month or year. */
  'projects.renew': z.strictObject({}),
  /** content: forget events that are older than any cursor may be. */
  'events.retention': z.strictObject({}),
  /** analytics: make the months to come. */
  'views.partitions': z.strictObject({}),
} as const

export type JobName = keyof typeof JOBS

export type JobPayload<Name extends JobName> = z.infer<(typeof JOBS)[Name]>

export type MarkerSubject = z.infer<typeof subject>

export type MarkerOutcome = z.infer<typeof markerOutcome>

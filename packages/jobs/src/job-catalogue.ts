import { z } from 'zod'

/** What a marker recognises: an AR content or a portrait. */
const subject = z.strictObject({ type: z.enum(['content', 'portrait']), id: z.int().positive() })

const markerErrorCode = z.enum([
  'TOO_SMALL',
  'EXTREME_ASPECT_RATIO',
  'TOO_FEW_FEATURES',
  'TIMED_OUT',
  'INTERNAL',
])

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
    code: markerErrorCode,
    rating: z.number().min(0).max(5).nullable(),
    featureCount: z.int().nonnegative().nullable(),
  }),
])

const markerCompile = z.strictObject({
  companyId: z.int().positive(),
  subject,
  imageId: z.int().positive(),
  generation: z.int().positive(),
  /** Runs of jobs of the same request that were given back, as their processes stopped. */
  earlierRuns: z.int().positive().optional(),
})

const companyId = z.int().positive()

/** Something that a company is to be told, by ids. What makes it one of its kind is in it: it is told once. */
const notice = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('MARKER_FAILED'),
    companyId,
    subject,
    generation: z.int().positive(),
    code: markerErrorCode,
  }),
  /** `at` is when, as ISO 8601; it is told once in a day. */
  z.strictObject({
    type: z.literal('QUOTA_REACHED'),
    companyId,
    percent: z.literal([50, 80, 100]),
    at: z.iso.datetime(),
  }),
  /** One for each company that uses the connection. `at` is when it was tested. */
  z.strictObject({
    type: z.literal('STORAGE_TEST_FAILED'),
    companyId,
    storageConnectionId: z.int().positive(),
    at: z.iso.datetime(),
  }),
])

const companyOnly = z.strictObject({ companyId: z.int().positive() })

const exportOfCompany = z.strictObject({ companyId: z.int().positive(), exportId: z.int().positive() })

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
  /** media: whether the storages work. */
  'storage.test': z.strictObject({}),
  /** media: remove what broken-off creations and uploads left behind. */
  'storage.sweep': z.strictObject({}),
  /** tenancy: give projects that renew themselves their next month or year. */
  'projects.renew': z.strictObject({}),
  /** tenancy: mail the link by which somebody sets a new password. */
  'mail.password-reset': z.strictObject({ resetId: z.int().positive() }),
  /** tenancy: tell a company something. */
  'notification.raise': notice,
  /** tenancy: send a notification by one channel. */
  'notification.deliver': z.strictObject({
    companyId,
    notificationId: z.int().positive(),
    channel: z.enum(['EMAIL', 'TELEGRAM']),
  }),
  /** tenancy: find projects and subscriptions that end, and tell their companies. */
  'notifications.due': z.strictObject({}),
  /** Each subgraph: give all its rows of a company to an export. Ends with `export.write`. */
  'export.tenancy': exportOfCompany,
  'export.content': exportOfCompany,
  'export.media': exportOfCompany,
  'export.analytics': exportOfCompany,
  /** media: write the archive if all subgraphs have given their rows. */
  'export.write': exportOfCompany,
  /** media: nobody goes on with an export. */
  'export.abandoned': exportOfCompany,
  /** tenancy: remove the people, keys and notifications of a company that is being erased. Then `erasure.views`. */
  'erasure.people': companyOnly,
  /** analytics: remove its visits. Then `erasure.contents`. */
  'erasure.views': companyOnly,
  /** content: remove its contents and portraits. Then `erasure.files`. */
  'erasure.contents': companyOnly,
  /** media: remove its files, folders and exports. Then `erasure.rest`. */
  'erasure.files': companyOnly,
  /** tenancy: remove its projects, its log and the company itself. */
  'erasure.rest': companyOnly,
  /** media: remove files that nothing uses; those that something does use stay. */
  'assets.discard': z.strictObject({
    companyId: z.int().positive(),
    assetIds: z.array(z.int().positive()).min(1).max(1000),
  }),
  /** content: remove for good what was deleted so long ago that it can't be restored. */
  'contents.purge': z.strictObject({}),
  /** content: bring schedules without a time zone of their own to their company's new one. */
  'rotation.zone-changed': z.strictObject({ companyId }),
  /** content: forget events that are older than any cursor may be. */
  'events.retention': z.strictObject({}),
  /** analytics: make the months to come. */
  'views.partitions': z.strictObject({}),
} as const

export type JobName = keyof typeof JOBS

export type JobPayload<Name extends JobName> = z.infer<(typeof JOBS)[Name]>

export type MarkerSubject = z.infer<typeof subject>

export type MarkerOutcome = z.infer<typeof markerOutcome>

export type Notice = z.infer<typeof notice>

import { z } from 'zod'

const bytes = z.instanceof(Buffer)

/** Sent to the child, once. */
export const childRequestSchema = z.union([z.object({ bytes }), z.object({ path: z.string() })])

/** The child's one answer. Anything it can't say this way it says by dying. */
export const childAnswerSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('compiled'),
    mind: bytes,
    rating: z.number(),
    featureCount: z.number(),
    width: z.number(),
    height: z.number(),
  }),
  z.object({
    kind: z.literal('rejected'),
    code: z.enum(['TOO_SMALL', 'EXTREME_ASPECT_RATIO', 'TOO_FEW_FEATURES']),
    message: z.string(),
    rating: z.number().exactOptional(),
    featureCount: z.number().exactOptional(),
  }),
  z.object({
    kind: z.literal('failed'),
    code: z.literal('INTERNAL'),
    message: z.string(),
    detail: z.string(),
  }),
])

/** An encoded JPEG, PNG, WebP or AVIF: its bytes, or the path of a file that this machine can read. */
export type MarkerImage = z.infer<typeof childRequestSchema>
export type ChildAnswer = z.infer<typeof childAnswerSchema>

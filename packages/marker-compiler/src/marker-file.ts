import { z } from 'zod'

/** The only version of the format that MindAR 1.2 reads. */
const MARKER_FILE_VERSION = 2

/** A FREAK descriptor: 666 comparisons, packed into 84 bytes, kept as 21 unsigned 32-bit words. */
const DESCRIPTOR_WORDS = 21

/**
 * The viewer follows an image by the points of the second, smaller tracking image, and gives up in every
 * frame where it sees fewer than four of them (mind-ar's tracker.js and controller.js).
 */
export const FOLLOWED_TRACKING_IMAGE = 1
export const FEWEST_FOLLOWED_POINTS = 4

const side = z.int().min(1).max(16_384)
const count = z.int().nonnegative()

const featurePoint = z.object({
  /** True where the point is brighter than its surroundings, false where it is darker. */
  maxima: z.boolean(),
  /** Pixels of its keyframe. */
  x: z.number(),
  y: z.number(),
  scale: z.number().positive(),
  /** Radians. */
  angle: z.number(),
  descriptors: z.array(z.int().min(0).max(0xff_ff_ff_ff)).length(DESCRIPTOR_WORDS),
})

/**
 * The point that a node's points are alike to, by its index; null at the root. MindAR writes it as a string, being the
 * key of an object.
 */
const centerPointIndex = z.union([z.null(), z.string().regex(/^\d{1,6}$/)])
const leaf = z.object({ leaf: z.literal(true), centerPointIndex, pointIndexes: z.array(count) })
const branch = z.object({
  leaf: z.literal(false),
  centerPointIndex,
  get children() {
    return z.array(z.discriminatedUnion('leaf', [leaf, branch])).min(1)
  },
})
/** A tree that the viewer descends, towards the nearest centre, to find the points that may be the one it sees. */
const cluster = z.discriminatedUnion('leaf', [leaf, branch])

const keyframe = z.object({
  width: side,
  height: side,
  /** Size of this keyframe as a share of the compiled image. */
  scale: z.number().positive().max(1),
  maximaPoints: z.array(featurePoint),
  minimaPoints: z.array(featurePoint),
  maximaPointsCluster: z.object({ rootNode: cluster }),
  minimaPointsCluster: z.object({ rootNode: cluster }),
})

const trackingImage = z.object({
  width: side,
  height: side,
  scale: z.number().positive().max(1),
  /** Grey pixels, row by row. */
  data: z.instanceof(Uint8Array),
  points: z.array(z.object({ x: count, y: count })),
})

const markerTarget = z.object({
  targetImage: z.object({ width: side, height: side }),
  trackingData: z.array(trackingImage).length(2),
  matchingData: z.array(keyframe).min(1),
})

/** What a `.mind` file decodes to. MindAR allows several targets in one; a marker of ours has exactly one. */
export const markerFileSchema = z.object({
  v: z.literal(MARKER_FILE_VERSION),
  dataList: z.array(markerTarget).length(1),
})

export type FeaturePoint = z.infer<typeof featurePoint>
export type Cluster = z.infer<typeof cluster>
/** The image at one size, with the points that the viewer recognises it by. */
export type Keyframe = z.infer<typeof keyframe>
/** The image at one size, with the points that the viewer follows it by once it is found. */
export type TrackingImage = z.infer<typeof trackingImage>
export type MarkerTarget = z.infer<typeof markerTarget>
export type MarkerFile = z.infer<typeof markerFileSchema>

import { decode } from '@msgpack/msgpack'
import type { z } from 'zod'
import { FEWEST_FOLLOWED_POINTS, FOLLOWED_TRACKING_IMAGE, markerFileSchema } from './marker-file.ts'
import type { Cluster, FeaturePoint, Keyframe, MarkerFile, TrackingImage } from './marker-file.ts'

export type MarkerInspection =
  | { kind: 'valid'; target: MarkerFile['dataList'][number] }
  /** `problem` is for a log: it says what in the file is wrong, not what to do. */
  | { kind: 'invalid'; problem: string }

/** Generous for one image of any size, and small enough that a hostile file can't ask for gigabytes. */
const DECODER_LIMITS = {
  maxStrLength: 256,
  maxBinLength: 64 * 1024 * 1024,
  maxArrayLength: 100_000,
  maxMapLength: 64,
  maxExtLength: 0,
}

/**
 * Decodes a `.mind` file and checks that MindAR's viewer can use it: version 2, one target, plausible sizes,
 * finite coordinates, descriptors of the right length, clusters that list each point, and enough points to
 * recognise and to follow the image by. Never throws.
 */
export function inspectMarker(bytes: Uint8Array): MarkerInspection {
  const parsed = parseMarker(bytes)
  if (parsed.kind === 'invalid') return parsed

  const [target] = parsed.file.dataList
  if (target === undefined) return { kind: 'invalid', problem: 'no target' }

  const problem =
    target.matchingData.map(keyframeProblem).find(isPresent) ??
    target.trackingData.map(trackingProblem).find(isPresent) ??
    emptinessProblem(target.matchingData, target.trackingData)
  return problem === undefined ? { kind: 'valid', target } : { kind: 'invalid', problem }
}

function parseMarker(
  bytes: Uint8Array,
): { kind: 'parsed'; file: MarkerFile } | { kind: 'invalid'; problem: string } {
  try {
    const parsed = markerFileSchema.safeParse(decode(bytes, DECODER_LIMITS))
    return parsed.success
      ? { kind: 'parsed', file: parsed.data }
      : { kind: 'invalid', problem: firstIssue(parsed.error) }
  } catch (error) {
    // No msgpack, or nested so deeply that the stack overflows.
    return {
      kind: 'invalid',
      problem: `unreadable: ${error instanceof Error ? error.message : String(error)}`,
    }
  }
}

function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0]
  return issue === undefined ? 'malformed' : `${issue.path.join('.') || 'file'}: ${issue.message}`
}

function isPresent(problem: string | undefined): problem is string {
  return problem !== undefined
}

function keyframeProblem(keyframe: Keyframe, index: number): string | undefined {
  const sides: [string, FeaturePoint[], Cluster][] = [
    ['maxima', keyframe.maximaPoints, keyframe.maximaPointsCluster.rootNode],
    ['minima', keyframe.minimaPoints, keyframe.minimaPointsCluster.rootNode],
  ]
  for (const [name, points, root] of sides) {
    if (points.some((point) => point.maxima !== (name === 'maxima'))) {
      return `keyframe ${index}: a point of the other sign among the ${name}`
    }
    const listed = clusteredPoints(root)
    if (new Set(listed).size !== points.length || listed.length !== points.length) {
      return `keyframe ${index}: its ${name} cluster does not list each point once`
    }
    if (listed.some((point) => point >= points.length)) {
      return `keyframe ${index}: its ${name} cluster lists a point that does not exist`
    }
    if (!branchCentres(root).every((centre) => centre < points.length)) {
      return `keyframe ${index}: its ${name} cluster has a branch without a centre`
    }
  }
  return undefined
}

function clusteredPoints(node: Cluster): number[] {
  return node.leaf ? node.pointIndexes : node.children.flatMap(clusteredPoints)
}

/** Index of the centre of each node below this one; NaN where it has none. */
function branchCentres(node: Cluster): number[] {
  if (node.leaf) return []
  return node.children.flatMap((child) => [
    child.centerPointIndex === null ? Number.NaN : Number(child.centerPointIndex),
    ...branchCentres(child),
  ])
}

function trackingProblem(image: TrackingImage, index: number): string | undefined {
  if (image.data.length !== image.width * image.height) {
    return `tracking image ${index}: ${image.data.length} pixels for ${image.width} × ${image.height}`
  }
  if (image.points.some(({ x, y }) => x >= image.width || y >= image.height)) {
    return `tracking image ${index}: a point outside the image`
  }
  return undefined
}

function emptinessProblem(keyframes: Keyframe[], trackingImages: TrackingImage[]): string | undefined {
  if (keyframes.every((keyframe) => keyframe.maximaPoints.length + keyframe.minimaPoints.length === 0)) {
    return 'no points to recognise the image by'
  }
  if ((trackingImages[FOLLOWED_TRACKING_IMAGE]?.points.length ?? 0) < FEWEST_FOLLOWED_POINTS) {
    return `fewer than ${FEWEST_FOLLOWED_POINTS} points to follow the image by`
  }
  return undefined
}

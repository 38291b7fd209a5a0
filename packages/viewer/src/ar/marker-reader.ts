import { decode } from '@msgpack/msgpack'
import { ArViewError } from './ar-view-error.ts'

/*
 * Stands in for MindAR's compiler, of which its Controller only reads files: with the real one the bundle would hold
 * all that compiling needs.
 */
export class Compiler {
  /** @throws ArViewError BAD_MARKER */
  importData(file: ArrayBuffer): readonly MarkerTarget[] {
    return readMarker(file)
  }
}

/** One picture as MindAR compiled it. Only what a damaged file would lack is described. */
interface MarkerTarget {
  readonly targetImage: { readonly width: number; readonly height: number }
  /** At short sides of 256 and 128 px. */
  readonly trackingData: readonly { readonly points: readonly unknown[] }[]
  readonly matchingData: readonly unknown[]
}

/**
 * Reads a `.mind` file: msgpack of version 2.
 * @throws ArViewError BAD_MARKER when it is none, or holds nothing to recognise.
 */
export function readMarker(file: ArrayBuffer): readonly MarkerTarget[] {
  const targets = targetsOf(decoded(file))
  if (targets === null) throw new ArViewError('BAD_MARKER', 'The marker is of another version, or damaged')
  return targets
}

function decoded(file: ArrayBuffer): unknown {
  try {
    return decode(new Uint8Array(file))
  } catch (error) {
    throw new ArViewError('BAD_MARKER', 'The marker is not a .mind file', { cause: error })
  }
}

function targetsOf(content: unknown): readonly MarkerTarget[] | null {
  if (!isRecord(content) || content['v'] !== 2 || !Array.isArray(content['dataList'])) return null
  const list: unknown[] = content['dataList']
  return list.length > 0 && list.every(isTarget) ? list : null
}

function isTarget(value: unknown): value is MarkerTarget {
  if (!isRecord(value)) return false
  const { targetImage, trackingData, matchingData } = value
  return (
    isRecord(targetImage) &&
    isLength(targetImage['width']) &&
    isLength(targetImage['height']) &&
    Array.isArray(trackingData) &&
    trackingData.length === 2 &&
    trackingData.every(
      (image) => isRecord(image) && Array.isArray(image['points']) && image['points'].length > 0,
    ) &&
    Array.isArray(matchingData) &&
    matchingData.length > 0
  )
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function isLength(value: unknown): boolean {
  return typeof value === 'number' && value > 0
}

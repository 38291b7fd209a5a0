import type { Corners, Size } from './camera-geometry.ts'
import { openImageTracker } from './image-tracker.ts'
import type { ImageTracker } from './image-tracker.ts'

/** The print, found in one picture of the camera. */
export interface Found {
  /** In the camera's picture, px. */
  readonly corners: Corners
  /** Its aspect. Another object whenever all was set up anew. */
  readonly print: Size
  readonly camera: Size
}

export interface TurningTracker {
  /** Of the marker that is looked for now. */
  readonly print: Size
  /** Looks at one picture. Not again before it has answered. */
  locate(): Promise<Found | null>
  /** Goes on with the marker before until this one is set up; if it is bad, for good. */
  setMarker(marker: ArrayBuffer): Promise<void>
  close(): void
}

/** A tracker whose marker may change, and whose camera: a phone that is turned swaps the sides of its picture. */
export async function openTurningTracker(
  camera: HTMLVideoElement,
  first: ArrayBuffer,
): Promise<TurningTracker> {
  let marker = first
  let current = await openImageTracker(camera, marker)
  let closed = false
  let looking = false
  /** Closed as soon as nobody looks through it. */
  const outdated: ImageTracker[] = []
  let changes: Promise<void> = Promise.resolve()

  const closeOutdated = (): void => {
    for (const tracker of outdated.splice(0)) tracker.close()
  }
  const replace = async (next: ArrayBuffer): Promise<void> => {
    if (closed) return
    const opened = await openImageTracker(camera, next)
    if (closed) return opened.close()
    outdated.push(current)
    current = opened
    marker = next
    if (!looking) closeOutdated()
  }
  /** One after the other: the last one asked for is the one that stays. */
  const change = (pick: () => ArrayBuffer): Promise<void> => {
    const done = changes.then(() => replace(pick()))
    changes = done.catch(() => undefined)
    return done
  }
  const turned = (): boolean =>
    current.camera.width !== camera.videoWidth || current.camera.height !== camera.videoHeight

  return {
    get print() {
      return current.print
    },
    setMarker: (next) => change(() => next),
    async locate() {
      if (turned()) await changes
      if (turned()) await change(() => marker)
      if (closed) return null
      const tracker = current
      looking = true
      try {
        const corners = await tracker.locate()
        return corners && { corners, print: tracker.print, camera: tracker.camera }
      } finally {
        looking = false
        if (!closed) closeOutdated()
      }
    },
    close() {
      closed = true
      outdated.push(current)
      closeOutdated()
    },
  }
}

import type { Corners } from './camera-geometry.ts'
import { followPrint } from './follow-print.ts'
import { openGpu } from './gpu.ts'
import { openPrintScene } from './print-scene.ts'
import { openTurningTracker } from './turning-tracker.ts'

export { ArViewError } from './ar-view-error.ts'
export type { ArViewErrorCode } from './ar-view-error.ts'
export type { Corners, Point } from './camera-geometry.ts'

/** Where the print is seen. */
export interface Pose {
  /** Of the print in the camera's picture (its own pixels, not CSS's): clockwise from its upper left. */
  readonly corners: Corners
  /** When it was seen, by `performance.now()`. */
  readonly atMs: number
}

export interface ArView {
  /**
   * Another marker from now on (the image was replaced): the one before works until this one is set up.
   * @throws ArViewError BAD_MARKER; the one before stays.
   */
  setMarker(marker: ArrayBuffer): Promise<void>
  /** Whose frames lie over the print; null: the print shows through. */
  setVideo(video: HTMLVideoElement | null): void
  close(): void
}

export interface ArViewOptions {
  /** Plays already. It keeps what is set in CSS; its attributes `width` and `height` are MindAR's. */
  readonly camera: HTMLVideoElement
  /** Over the camera's picture, in the same box, which that covers (`object-fit: cover`). Its size comes from CSS. */
  readonly canvas: HTMLCanvasElement
  /** A `.mind` file. */
  readonly marker: ArrayBuffer
  /** After every frame that was looked at; null: the print is not seen. */
  onFrame(pose: Pose | null): void
  /** It is over: the GPU was taken away, or the tracker can't be loaded. All is closed; it may be opened again. */
  onFailed(error: unknown): void
}

/**
 * Finds the print in the camera's picture and shows a video over it. One at a time in a page.
 * @throws ArViewError NO_WEBGL or BAD_MARKER
 */
export async function openArView(options: ArViewOptions): Promise<ArView> {
  const closing = new AbortController()
  const open: { close(): void }[] = []
  const close = (): void => {
    closing.abort()
    while (open.length > 0) open.pop()?.close()
  }
  const fail = (error: unknown): void => {
    if (closing.signal.aborted) return
    close()
    options.onFailed(error)
  }
  try {
    const scene = openPrintScene(options.canvas, fail)
    open.push(scene)
    open.push(await openGpu(fail))
    const tracker = await openTurningTracker(options.camera, options.marker)
    open.push(tracker)
    const followed = followPrint(options.camera, tracker, closing.signal, (seen) => {
      scene.show(seen)
      options.onFrame(seen && { corners: seen.corners, atMs: seen.atMs })
    })
    followed.catch(fail)
    return {
      setMarker: (marker) => tracker.setMarker(marker),
      setVideo: (video) => scene.setVideo(video),
      close,
    }
  } catch (error) {
    close()
    throw error
  }
}

import type { Corners } from './camera-geometry.ts'
import { followPrint } from './follow-print.ts'
import type { Look } from './follow-print.ts'
import { openGpu } from './gpu.ts'
import { openPrintScene } from './print-scene.ts'
import { openTurningTracker } from './turning-tracker.ts'

export { ArViewError } from './ar-view-error.ts'
export type { ArViewErrorCode } from './ar-view-error.ts'
export type { Corners, Point } from './camera-geometry.ts'
export type { Look } from './follow-print.ts'

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
  /** Over the camera's picture, in the same box, which that covers (`object-fit: cover`). Its size comes from CSS. A fresh
   * one for each view: what a GPU lost or gave up is lost to its canvas for good. */
  readonly canvas: HTMLCanvasElement
  /** A `.mind` file. */
  readonly marker: ArrayBuffer
  /** Aborted, it does not open any more. */
  readonly signal: AbortSignal
  /**
   * After every frame that was looked at: where the print is shown (null: it is not seen), and what the tracker found in
   * this very frame.
   */
  onFrame(pose: Pose | null, look: Look): void
  /** It is over: the GPU was taken away, or the tracker can't be loaded. All is closed; it may be opened again. */
  onFailed(error: unknown): void
}

/** There is one GPU for the whole page: while a view is being opened, another one waits. */
let opening: Promise<unknown> = Promise.resolve()

/**
 * Finds the print in the camera's picture and shows a video over it. One at a time in a page.
 * @throws ArViewError NO_WEBGL, GPU_LOST or BAD_MARKER; the signal's reason.
 */
export function openArView(options: ArViewOptions): Promise<ArView> {
  const opened = opening.then(() => open(options))
  opening = opened.catch(() => undefined)
  return opened
}

async function open(options: ArViewOptions): Promise<ArView> {
  const closing = new AbortController()
  const parts: { close(): void }[] = []
  let isOpen = false
  let failure: unknown
  const close = (): void => {
    closing.abort()
    while (parts.length > 0) parts.pop()?.close()
  }
  const fail = (error: unknown): void => {
    if (closing.signal.aborted) return
    failure = error
    // What is still being opened is closed when it is there.
    if (!isOpen) return closing.abort()
    close()
    options.onFailed(error)
  }
  const check = (): void => {
    if (options.signal.aborted) throw options.signal.reason
    if (closing.signal.aborted) throw failure
  }
  try {
    check()
    const scene = openPrintScene(options.canvas, fail)
    parts.push(scene)
    parts.push(await openGpu(fail))
    check()
    const tracker = await openTurningTracker(options.camera, options.marker)
    parts.push(tracker)
    check()
    isOpen = true
    const followed = followPrint(options.camera, tracker, closing.signal, (seen, look) => {
      scene.show(seen)
      options.onFrame(seen && { corners: seen.corners, atMs: seen.atMs }, look)
    })
    followed.catch(fail)
    return {
      setMarker: (marker) => tracker.setMarker(marker),
      setVideo: (video) => scene.setVideo(video),
      close,
    }
  } catch (error) {
    close()
    throw failure ?? error
  }
}

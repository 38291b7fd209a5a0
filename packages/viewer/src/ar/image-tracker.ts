import { Controller } from 'mind-ar/src/image-target/controller.js'
import type { ModelView, TrackedPoints, Tracker } from 'mind-ar/src/image-target/controller.js'
import { ArViewError } from './ar-view-error.ts'
import { isPrintLike, printCorners, scaleCorners, trackedSize } from './camera-geometry.ts'
import type { Corners, Size } from './camera-geometry.ts'
import { fitPrint } from './fit-print.ts'
import type { TrackedPoint } from './fit-print.ts'
import { backend, nextFrame, tidy } from './tfjs.ts'
import { watchWorker } from './watched-worker.ts'

export interface ImageTracker {
  /** The print as it was compiled; only its aspect means something. */
  readonly print: Size
  /** The camera's picture that it was made for; in another one it finds nothing. */
  readonly camera: Size
  /**
   * Looks at the camera's picture of now, once: for the print anywhere, or near where it was the last time.
   * @returns Its corners in the camera's picture, px; null when it isn't found.
   * @throws when the GPU or the worker is gone.
   */
  locate(): Promise<Corners | null>
  /** Ends its worker and frees its textures. */
  close(): void
}

/**
 * MindAR's Controller, a frame at a time. Its own endless loop is not used: it looks at the same picture of the camera
 * twice, can't be stopped while it waits, and an error in it is heard by nobody.
 * @param camera Plays already. Its attributes `width` and `height` are set, which is where MindAR reads the size from.
 * @throws ArViewError BAD_MARKER
 */
export async function openImageTracker(camera: HTMLVideoElement, marker: ArrayBuffer): Promise<ImageTracker> {
  const cameraSize = { width: camera.videoWidth, height: camera.videoHeight }
  const input = trackedSize(cameraSize)
  camera.width = input.width
  camera.height = input.height
  const controller = new Controller({ inputWidth: input.width, inputHeight: input.height })
  const worker = watchWorker(controller.worker)
  try {
    const { print, tracker } = setMarker(controller, marker)
    await warmUp(controller, tracker, camera)
    let last: ModelView | null = null
    return {
      print,
      camera: cameraSize,
      async locate() {
        const frame = controller.inputLoader.loadInput(camera)
        let tracked: TrackedPoints
        try {
          if (last === null) {
            const { featurePoints } = controller.cropDetector.detectMoving(frame)
            const match = await worker.answer(controller.match(featurePoints, 0))
            last = match?.modelViewTransform ?? null
          }
          if (last === null) return null
          tracked = tracker.track(frame, last, 0)
          last = await worker.answer(controller.trackUpdate(last, tracked))
        } finally {
          frame.dispose()
        }
        if (last === null) return null
        const pose = printCorners(controller.getWorldMatrix(last, 0), print, input)
        const corners = pose && fitPrint(pose, pairs(tracked), print)
        // What no print can look like: the next frame is searched from the beginning.
        if (corners === null || !isPrintLike(corners)) {
          last = null
          return null
        }
        return scaleCorners(corners, cameraSize.width / input.width)
      },
      close: () => dispose(controller),
    }
  } catch (error) {
    dispose(controller)
    throw error
  }
}

function pairs({ worldCoords, screenCoords }: TrackedPoints): TrackedPoint[] {
  return worldCoords.flatMap((onPrint, index) => {
    const seen = screenCoords[index]
    return seen === undefined ? [] : [{ onPrint, seen }]
  })
}

function setMarker(controller: Controller, marker: ArrayBuffer): { print: Size; tracker: Tracker } {
  try {
    const [size] = controller.addImageTargetsFromBuffer(marker).dimensions
    const { tracker } = controller
    if (size === undefined || tracker === undefined) throw new Error('There is no picture in it')
    return { print: { width: size[0], height: size[1] }, tracker }
  } catch (error) {
    if (error instanceof ArViewError) throw error
    throw new ArViewError('BAD_MARKER', 'The marker can not be used', { cause: error })
  }
}

/** GPU programs are compiled when they first run, which takes long: in steps, between which the page draws. */
async function warmUp(controller: Controller, tracker: Tracker, camera: HTMLVideoElement): Promise<void> {
  const frame = controller.inputLoader.loadInput(camera)
  await nextFrame()
  // What it makes on its first run and forgets is freed here; what it needs again it keeps.
  tidy(() => void controller.cropDetector.detect(frame))
  await nextFrame()
  tracker.dummyRun(frame)
  frame.dispose()
}

/** The Controller's own leaves every texture where it is. */
function dispose(controller: Controller): void {
  controller.dispose()
  controller.worker.terminate()
  const { tracker, cropDetector, inputLoader } = controller
  const caches = Object.values(cropDetector.detector.tensorCaches).flatMap((cache) => Object.values(cache))
  const lists = [tracker?.featurePointsListT, tracker?.imagePixelsListT, tracker?.imagePropertiesListT]
  for (const tensor of [...caches, ...lists.flatMap((list) => list ?? [])]) tensor.dispose()
  backend().disposeData(inputLoader.tempPixelHandle.dataId)
}

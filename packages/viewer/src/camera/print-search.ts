import { ArViewError } from '../ar/ar-view-error.ts'
import type { ArView, ArViewOptions, Pose } from '../ar/ar-view.ts'
import type { CameraFailure } from './camera-failure.ts'
import { CameraError, openCamera } from './camera.ts'
import { loadMarker } from './marker-file.ts'

interface Options {
  readonly camera: HTMLVideoElement
  readonly canvas: HTMLCanvasElement
  /** Loads the tracker and what it draws with: far more than the rest of the page. */
  readonly loadAr: () => Promise<{ readonly openArView: (options: ArViewOptions) => Promise<ArView> }>
  readonly markerUrl: string
  /** After every frame that was searched; null: the print isn't in it. */
  readonly onFrame: (pose: Pose | null) => void
  /** Is called once at most: nothing is searched any more, and the camera is off. */
  readonly onFailed: (reason: CameraFailure | 'webgl-missing' | 'tracker-failed') => void
}

/** The camera, and who looks for the print in its picture. */
export interface PrintSearch {
  /** The print's marker from now on. */
  setMarker(url: string): void
  /** What lies over the print; null: it shows through. */
  setVideo(element: HTMLVideoElement | null): void
  /** Turns the camera off. */
  close(): void
}

export function searchPrint(options: Options): PrintSearch {
  let markerUrl = options.markerUrl
  let video: HTMLVideoElement | null = null
  let view: ArView | null = null
  let turnOff = () => {}
  let isClosed = false

  function close() {
    isClosed = true
    view?.close()
    view = null
    turnOff()
  }

  function fail(error: unknown) {
    if (isClosed) return
    close()
    options.onFailed(reasonOf(error))
  }

  async function open() {
    turnOff = await openCamera(options.camera, () => fail(new CameraError('camera-lost')))
    if (isClosed) return turnOff()
    const openedFor = markerUrl
    const [{ openArView }, marker] = await Promise.all([options.loadAr(), loadMarker(openedFor)])
    if (isClosed) return
    const { camera, canvas, onFrame } = options
    const opened = await openArView({
      camera,
      canvas,
      marker,
      onFrame: (pose) => isClosed || onFrame(pose),
      onFailed: fail,
    })
    if (isClosed) return opened.close()
    view = opened
    view.setVideo(video)
    if (markerUrl !== openedFor) await replaceMarker(markerUrl)
  }

  async function replaceMarker(url: string) {
    const marker = await loadMarker(url)
    if (markerUrl === url) await view?.setMarker(marker)
  }

  void open().catch(fail)
  return {
    setMarker(url) {
      if (url === markerUrl) return
      markerUrl = url
      if (view) void replaceMarker(url).catch(fail)
    },
    setVideo(element) {
      video = element
      view?.setVideo(element)
    },
    close,
  }
}

function reasonOf(error: unknown): Parameters<Options['onFailed']>[0] {
  if (error instanceof CameraError) return error.reason
  return error instanceof ArViewError && error.code === 'NO_WEBGL' ? 'webgl-missing' : 'tracker-failed'
}

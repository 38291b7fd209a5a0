import { ArViewError } from '../ar/ar-view-error.ts'
import type { ArView, ArViewOptions, Look, Pose } from '../ar/ar-view.ts'
import { createRetryPause } from '../live/retry-pause.ts'
import type { CameraFailure } from './camera-failure.ts'
import { CameraError, openCamera } from './camera.ts'
import { loadMarker } from './marker-file.ts'

/** So long a camera may search in vain: a phone that somebody has put down would run empty. */
const LONGEST_SEARCH_MS = 180_000

type OpenArView = (options: ArViewOptions) => Promise<ArView>

interface Marker {
  readonly url: string
  readonly bytes: ArrayBuffer
}

interface Options {
  readonly camera: HTMLVideoElement
  /** One that was never drawn on. */
  readonly freshCanvas: () => HTMLCanvasElement
  /** Loads the tracker and what it draws with: far more than the rest of the page. */
  readonly loadAr: () => Promise<{ readonly openArView: OpenArView }>
  readonly markerUrl: string
  /** After every frame that was searched: where the print is shown, and what was found in this very frame. */
  readonly onFrame: (pose: Pose | null, look: Look) => void
  /** The print was not seen for minutes. The camera is off. */
  readonly onInVain: () => void
  /** Is called once at most: nothing is searched any more, and the camera is off. */
  readonly onFailed: (reason: CameraFailure | 'webgl-missing' | 'tracker-failed') => void
}

/** The camera, and who looks for the print in its picture. */
export interface PrintSearch {
  /** The print's marker from now on; the one before is looked for until this one is there. */
  setMarker(url: string): void
  /** What lies over the print; null: it shows through. */
  setVideo(element: HTMLVideoElement | null): void
  /** Turns the camera off. */
  close(): void
}

/** Where there was a GPU once, its loss isn't for good: another page may have it again. */
let hadGpu = false

export function searchPrint(options: Options): PrintSearch {
  const closing = new AbortController()
  const { signal } = closing
  let markerUrl = options.markerUrl
  let video: HTMLVideoElement | null = null
  let view: ArView | null = null
  /** What is looked for now. */
  let inUse: Marker | null = null
  let isOpenedAgain = false
  let patience: ReturnType<typeof setTimeout> | undefined

  function close() {
    closing.abort()
    clearTimeout(patience)
    view?.close()
    view = null
  }

  function fail(error: unknown) {
    if (signal.aborted) return
    close()
    options.onFailed(reasonOf(error))
  }

  function beginPatience() {
    clearTimeout(patience)
    patience = setTimeout(() => {
      // In a pocket nothing was searched, though the time is up.
      if (document.hidden) return beginPatience()
      close()
      options.onInVain()
    }, LONGEST_SEARCH_MS)
  }

  async function open() {
    await openCamera(options.camera, { signal, onLost: () => fail(new CameraError('camera-lost')) })
    const [{ openArView }, marker] = await Promise.all([options.loadAr(), loadWanted()])
    await openView(openArView, marker).catch((error: unknown) => openAgainOrFail(error, openArView, marker))
  }

  /** One that is replaced while it does not load isn't missed. */
  async function loadWanted(): Promise<Marker> {
    const url = markerUrl
    try {
      return { url, bytes: await loadMarker(url) }
    } catch (error) {
      if (markerUrl === url) throw error
      return await loadWanted()
    }
  }

  async function openView(openArView: OpenArView, marker: Marker) {
    if (signal.aborted) return
    const opened = await openArView({
      camera: options.camera,
      canvas: options.freshCanvas(),
      marker: marker.bytes,
      signal,
      onFrame(pose, look) {
        if (signal.aborted) return
        if (pose) beginPatience()
        options.onFrame(pose, look)
      },
      onFailed(error) {
        if (signal.aborted) return
        view = null
        options.onFrame(null, { corners: null, atMs: performance.now() })
        void openAgainOrFail(error, openArView, inUse ?? marker)
      },
    })
    if (signal.aborted) return opened.close()
    hadGpu = true
    view = opened
    inUse = marker
    view.setVideo(video)
    if (markerUrl !== marker.url) replaceMarker(opened, markerUrl).catch(fail)
  }

  /** A browser that takes the GPU away mostly gives it back when it is asked. */
  async function openAgainOrFail(error: unknown, openArView: OpenArView, marker: Marker) {
    const isLost = error instanceof ArViewError && error.code === 'GPU_LOST'
    if (isOpenedAgain || !isLost) return fail(error)
    isOpenedAgain = true
    try {
      await openView(openArView, marker)
    } catch (failure) {
      fail(failure)
    }
  }

  /** One that can't be had ends no search that works: it is tried again while it is wanted. */
  async function replaceMarker(within: ArView, url: string) {
    const pause = createRetryPause()
    const isWanted = () => view === within && markerUrl === url
    while (isWanted()) {
      const bytes = await loadMarker(url).catch(() => null)
      if (!isWanted()) return
      if (bytes) return await useMarker(within, { url, bytes })
      await pause.wait(signal)
    }
  }

  async function useMarker(within: ArView, marker: Marker) {
    try {
      await within.setMarker(marker.bytes)
      inUse = marker
    } catch (error) {
      const isBad = error instanceof ArViewError && error.code === 'BAD_MARKER'
      if (view === within && !isBad) throw error
    }
  }

  beginPatience()
  open().catch(fail)
  return {
    setMarker(url) {
      if (url === markerUrl) return
      markerUrl = url
      if (view) replaceMarker(view, url).catch(fail)
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
  const isMissing = error instanceof ArViewError && error.code === 'NO_WEBGL' && !hadGpu
  return isMissing ? 'webgl-missing' : 'tracker-failed'
}

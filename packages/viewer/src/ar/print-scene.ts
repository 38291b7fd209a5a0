import {
  Camera,
  DoubleSide,
  LinearFilter,
  Mesh,
  MeshBasicMaterial,
  PlaneGeometry,
  Scene,
  SRGBColorSpace,
  VideoTexture,
  WebGLRenderer,
} from 'three'
import { ArViewError, gpuLost } from './ar-view-error.ts'
import type { Corners, Size } from './camera-geometry.ts'
import { TELLS_FRAMES } from './next-frame.ts'
import { printProjection } from './print-projection.ts'
import { cropToPrint } from './video-crop.ts'

/** Where the print is. */
interface Place {
  /** In the camera's picture, px. */
  readonly corners: Corners
  readonly camera: Size
  /** Whose aspect the video is cut to. */
  readonly print: Size
}

export interface PrintScene {
  /** Where the print is; null: nowhere. */
  show(place: Place | null): void
  setVideo(video: HTMLVideoElement | null): void
  close(): void
}

/** Sharper than 2 nobody sees, and a phone with 3 would paint more than twice as many pixels. */
const SHARPEST = 2

/**
 * Draws a video over the print, on a transparent canvas that lies over the camera's picture; only when there is
 * something new to see. Closed, it frees all of the canvas that a GPU keeps: that canvas can't be drawn on again.
 * @throws ArViewError NO_WEBGL
 */
export function openPrintScene(canvas: HTMLCanvasElement, onLost: (error: ArViewError) => void): PrintScene {
  const renderer = openRenderer(canvas)
  const scene = new Scene()
  const eye = new Camera()
  const material = new MeshBasicMaterial({
    side: DoubleSide,
    depthTest: false,
    depthWrite: false,
    toneMapped: false,
  })
  const plane = new Mesh(new PlaneGeometry(1, 1), material)
  // Its place is in the projection, which three.js can't judge by.
  plane.frustumCulled = false
  plane.visible = false
  scene.add(plane)

  let place: Place | null = null
  let shown: ShownVideo | null = null
  let due: number | null = null

  const draw = (): void => {
    due = null
    const box = { width: canvas.clientWidth, height: canvas.clientHeight }
    plane.visible = place !== null && shown?.ready() === true && box.width > 0 && box.height > 0
    if (place !== null && plane.visible) {
      eye.projectionMatrix.fromArray(printProjection(place.corners, place.camera, box))
      shown?.cropTo(place.print)
    }
    renderer.render(scene, eye)
  }
  const drawSoon = (): void => {
    due ??= requestAnimationFrame(draw)
  }

  const resized = new ResizeObserver(() => {
    renderer.setPixelRatio(Math.min(window.devicePixelRatio, SHARPEST))
    renderer.setSize(canvas.clientWidth, canvas.clientHeight, false)
    // Another size empties the canvas: not until the next frame, but now.
    draw()
  })
  resized.observe(canvas)
  const lost = (): void => onLost(gpuLost())
  canvas.addEventListener('webglcontextlost', lost)

  return {
    show(next) {
      if (next === null && place === null) return
      place = next
      drawSoon()
    },
    setVideo(video) {
      const before = shown
      shown = video && showVideo(video, () => place !== null && drawSoon())
      material.map = shown?.texture ?? null
      material.needsUpdate = true
      draw()
      before?.close()
    },
    close() {
      if (due !== null) cancelAnimationFrame(due)
      resized.disconnect()
      canvas.removeEventListener('webglcontextlost', lost)
      shown?.close()
      shown = null
      plane.visible = false
      renderer.render(scene, eye)
      plane.geometry.dispose()
      material.dispose()
      renderer.dispose()
      renderer.forceContextLoss()
    },
  }
}

function openRenderer(canvas: HTMLCanvasElement): WebGLRenderer {
  // Asked first: three.js writes to the console when it gets none.
  const context = canvas.getContext('webgl2', { alpha: true, antialias: true })
  if (context === null || context.isContextLost()) {
    throw new ArViewError('NO_WEBGL', 'The canvas gets no WebGL 2, or lost it')
  }
  const renderer = new WebGLRenderer({ canvas, context })
  renderer.setClearColor(0x000000, 0)
  return renderer
}

interface ShownVideo {
  readonly texture: VideoTexture
  /** Whether there was a frame yet. The last one stays: from its end to its start, a video has none for a moment. */
  ready(): boolean
  cropTo(print: Size): void
  close(): void
}

function showVideo(video: HTMLVideoElement, onNewFrame: () => void): ShownVideo {
  const texture = new VideoTexture(video)
  texture.colorSpace = SRGBColorSpace
  texture.minFilter = LinearFilter
  texture.generateMipmaps = false
  let isReady = false
  const takeFrame = (): void => {
    if (video.readyState < video.HAVE_CURRENT_DATA || video.videoWidth === 0) return
    isReady = true
    texture.needsUpdate = true
  }
  takeFrame()
  const stopListening = onFrames(video, () => {
    takeFrame()
    onNewFrame()
  })
  return {
    texture,
    ready: () => isReady,
    cropTo(print) {
      if (video.videoWidth === 0) return
      const { repeat, offset } = cropToPrint({ width: video.videoWidth, height: video.videoHeight }, print)
      texture.repeat.set(repeat.x, repeat.y)
      texture.offset.set(offset.x, offset.y)
    },
    close() {
      stopListening()
      texture.dispose()
    },
  }
}

function onFrames(video: HTMLVideoElement, onFrame: () => void): () => void {
  if (TELLS_FRAMES) {
    let handle = video.requestVideoFrameCallback(function again() {
      handle = video.requestVideoFrameCallback(again)
      onFrame()
    })
    return () => video.cancelVideoFrameCallback(handle)
  }
  let handle = requestAnimationFrame(function again() {
    handle = requestAnimationFrame(again)
    if (!video.paused) onFrame()
  })
  return () => cancelAnimationFrame(handle)
}

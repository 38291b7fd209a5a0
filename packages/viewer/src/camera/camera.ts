import { cameraFailureOf, cameraObstacle, isWorthLess } from './camera-failure.ts'
import type { CameraFailure } from './camera-failure.ts'

/** The best first. What the tracker sees is smaller still; more would only warm the phone. */
const WISHES: readonly MediaTrackConstraints[] = [
  { facingMode: { ideal: 'environment' }, width: { ideal: 960 }, height: { ideal: 720 } },
  { facingMode: { ideal: 'environment' } },
  {},
]

/** A picture that stands still for a moment is no reason to disturb anybody. */
const MUTED_FOR_MS = 3000

export class CameraError extends Error {
  readonly reason: CameraFailure

  constructor(reason: CameraFailure, options?: ErrorOptions) {
    super(`No camera: ${reason}`, options)
    this.name = 'CameraError'
    this.reason = reason
  }
}

/** Why this page can't have a camera whoever is asked; null where it may. */
export function knownCameraObstacle(): CameraFailure | null {
  // Typed as always there, and is not without HTTPS or in many an app's own browser.
  return cameraObstacle(
    window.isSecureContext,
    'mediaDevices' in navigator && 'getUserMedia' in navigator.mediaDevices,
  )
}

/** Whether the camera may be used without asking. Browsers that don't tell are taken to ask. */
export async function isCameraAllowed(): Promise<boolean> {
  try {
    const { state } = await navigator.permissions.query({ name: 'camera' })
    return state === 'granted'
  } catch {
    return false
  }
}

/**
 * Shows the camera's picture in an element: the one at the back of a phone, any other where there is none.
 *
 * @param onLost - is called once when the picture is gone, or has stood still for some seconds.
 * @returns what turns the camera off.
 * @throws CameraError with the reason.
 */
export async function openCamera(video: HTMLVideoElement, onLost: () => void): Promise<() => void> {
  const stream = await requestStream()
  const close = watchStream(stream, onLost)
  try {
    video.srcObject = stream
    await video.play()
    await hasSize(video)
  } catch (error) {
    close()
    throw new CameraError('camera-failed', { cause: error })
  }
  return () => {
    close()
    if (video.srcObject === stream) video.srcObject = null
  }
}

async function requestStream(): Promise<MediaStream> {
  const obstacle = knownCameraObstacle()
  if (obstacle) throw new CameraError(obstacle)
  let failure: unknown
  for (const video of WISHES) {
    try {
      return await navigator.mediaDevices.getUserMedia({ video, audio: false })
    } catch (error) {
      failure = error
      if (!isWorthLess(error)) break
    }
  }
  throw new CameraError(cameraFailureOf(failure), { cause: failure })
}

/** @returns what stops it. */
function watchStream(stream: MediaStream, onLost: () => void): () => void {
  const watching = new AbortController()
  let muted: ReturnType<typeof setTimeout> | undefined
  function close() {
    watching.abort()
    clearTimeout(muted)
    for (const track of stream.getTracks()) track.stop()
  }
  function lose() {
    if (watching.signal.aborted) return
    close()
    onLost()
  }
  for (const track of stream.getVideoTracks()) {
    const { signal } = watching
    track.addEventListener('ended', lose, { signal })
    track.addEventListener('unmute', () => clearTimeout(muted), { signal })
    // Telephone calls, and other apps that take it. A hidden page's camera is muted as well: nobody misses it there.
    const mute = () => {
      clearTimeout(muted)
      muted = setTimeout(() => (document.hidden ? mute() : lose()), MUTED_FOR_MS)
    }
    track.addEventListener('mute', mute, { signal })
  }
  return close
}

/** A playing element may not know its picture's size yet. */
function hasSize(video: HTMLVideoElement): Promise<void> {
  if (video.videoWidth > 0) return Promise.resolve()
  return new Promise((resolve) => video.addEventListener('resize', () => resolve(), { once: true }))
}

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

interface Options {
  /** Turns the camera off, whether it is on already, is opening or somebody is still asked for it. */
  readonly signal: AbortSignal
  /** Is called once when the picture is gone, or has stood still for some seconds. */
  readonly onLost: () => void
}

/**
 * Shows the camera's picture in an element: the one at the back of a phone, any other where there is none.
 *
 * @throws CameraError with the reason.
 */
export async function openCamera(video: HTMLVideoElement, { signal, onLost }: Options): Promise<void> {
  const stream = await requestStream(signal)
  const lifetime = new AbortController()
  const close = () => {
    if (lifetime.signal.aborted) return
    lifetime.abort()
    for (const track of stream.getTracks()) track.stop()
    if (video.srcObject === stream) video.srcObject = null
  }
  signal.addEventListener('abort', close, { once: true, signal: lifetime.signal })
  watchStream(stream, video, lifetime.signal, () => {
    close()
    onLost()
  })
  try {
    video.srcObject = stream
    await video.play()
    await hasSize(video, lifetime.signal)
  } catch (error) {
    close()
    throw new CameraError('camera-failed', { cause: error })
  }
}

let asking: Promise<MediaStream> | null = null
let wantedBy: AbortSignal | null = null

/** Who changes their mind while the browser asks isn't asked again: the last one who wants the camera gets it. */
async function requestStream(signal: AbortSignal): Promise<MediaStream> {
  wantedBy = signal
  asking ??= askForStream()
  try {
    const stream = await asking
    if (!signal.aborted) return stream
    if (wantedBy.aborted) for (const track of stream.getTracks()) track.stop()
  } finally {
    asking = null
  }
  throw new CameraError('camera-failed', { cause: signal.reason })
}

async function askForStream(): Promise<MediaStream> {
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

function watchStream(
  stream: MediaStream,
  video: HTMLVideoElement,
  signal: AbortSignal,
  lose: () => void,
): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const tracks = stream.getVideoTracks()
  const isMuted = () => tracks.some(({ muted }) => muted)
  // Telephone calls, and other apps that take it. A hidden page's camera is muted as well: nobody misses it there.
  const watchMuted = () => {
    clearTimeout(timer)
    if (document.hidden || !isMuted()) return
    timer = setTimeout(() => !document.hidden && isMuted() && lose(), MUTED_FOR_MS)
  }
  for (const track of tracks) {
    track.addEventListener('ended', lose, { signal })
    track.addEventListener('mute', watchMuted, { signal })
    track.addEventListener('unmute', watchMuted, { signal })
  }
  // Back again, it has its time anew: what is overdue fires before the news that the picture is there.
  const wake = () => {
    watchMuted()
    // iOS pauses it in the background.
    if (!document.hidden && video.paused) video.play().catch(() => undefined)
  }
  document.addEventListener('visibilitychange', wake, { signal })
  signal.addEventListener('abort', () => clearTimeout(timer), { once: true })
}

/** A playing element may not know its picture's size yet. */
function hasSize(video: HTMLVideoElement, signal: AbortSignal): Promise<void> {
  if (video.videoWidth > 0) return Promise.resolve()
  return new Promise((resolve, reject) => {
    video.addEventListener('resize', () => resolve(), { once: true, signal })
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

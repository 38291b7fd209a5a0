/** Why there is no picture of the camera. */
export type CameraFailure =
  | 'camera-insecure'
  | 'camera-unsupported'
  | 'camera-denied'
  | 'camera-missing'
  | 'camera-busy'
  | 'camera-lost'
  | 'camera-failed'

/** By the names of W3C's "Media Capture and Streams", and those that browsers had before it. */
const FAILURES: ReadonlyMap<string, CameraFailure> = new Map([
  ['NotAllowedError', 'camera-denied'],
  ['PermissionDeniedError', 'camera-denied'],
  // The page's own policy, or that of a page around it.
  ['SecurityError', 'camera-denied'],
  ['NotFoundError', 'camera-missing'],
  ['DevicesNotFoundError', 'camera-missing'],
  ['OverconstrainedError', 'camera-missing'],
  ['ConstraintNotSatisfiedError', 'camera-missing'],
  ['NotReadableError', 'camera-busy'],
  ['TrackStartError', 'camera-busy'],
  ['AbortError', 'camera-busy'],
])

/** What the error of `getUserMedia` means for somebody who only wants to see a video. */
export function cameraFailureOf(error: unknown): CameraFailure {
  return FAILURES.get(nameOf(error)) ?? 'camera-failed'
}

/** Whether a camera that can do less may still open. */
export function isWorthLess(error: unknown): boolean {
  return ['OverconstrainedError', 'ConstraintNotSatisfiedError'].includes(nameOf(error))
}

/** What can be said before anybody is asked; null where a camera may be there. */
export function cameraObstacle(isSecure: boolean, hasCameras: boolean): CameraFailure | null {
  if (!isSecure) return 'camera-insecure'
  return hasCameras ? null : 'camera-unsupported'
}

function nameOf(error: unknown): string {
  return error instanceof Error || error instanceof DOMException ? error.name : ''
}

import type { TextKey } from '../texts.ts'
import type { Reason } from './state.ts'

/**
 * Which text tells how to get out of it: where the camera was refused, that differs from phone to phone.
 *
 * @param maxTouchPoints - tells an iPad, which gives itself out to be a Mac.
 */
export function helpKey(
  reason: Exclude<Reason, 'marker-missing'>,
  userAgent: string,
  maxTouchPoints: number,
): TextKey {
  if (reason !== 'camera-denied') return `${reason}-help`
  if (/iPhone|iPad|iPod/.test(userAgent)) return 'camera-denied-help-ios'
  if (/Macintosh/.test(userAgent) && maxTouchPoints > 1) return 'camera-denied-help-ios'
  return /Android/.test(userAgent) ? 'camera-denied-help-android' : 'camera-denied-help'
}

import { invalid, type UserError } from '@arv/subgraph'
import { titleError } from '../contents/ar-content.ts'

export const MAX_VIDEOS = 100
const MAX_ROTATION_ORDER = 1_000_000

/** What people say of a video. */
export interface VideoDetails {
  readonly title: string
  /** Null for the place after the last one. */
  readonly rotationOrder: number | null
  readonly scheduleStart: Date | null
  readonly scheduleEnd: Date | null
}

export function videoErrors({ title, rotationOrder, scheduleStart, scheduleEnd }: VideoDetails): UserError[] {
  const errors: (UserError | null)[] = [
    titleError(title),
    rotationOrder !== null && (rotationOrder < 0 || rotationOrder > MAX_ROTATION_ORDER)
      ? invalid('rotationOrder', `The rotation order must be from 0 to ${MAX_ROTATION_ORDER}.`)
      : null,
    scheduleStart !== null && scheduleEnd !== null && scheduleEnd <= scheduleStart
      ? invalid('scheduleEnd', 'The window must end after it starts.')
      : null,
  ]
  return errors.filter((error) => error !== null)
}

/** The place after the last of a content's videos. */
export function nextRotationOrder(videos: readonly { readonly rotationOrder: number }[]): number {
  const last = Math.max(-1, ...videos.map(({ rotationOrder }) => rotationOrder))
  return Math.min(last + 1, MAX_ROTATION_ORDER)
}

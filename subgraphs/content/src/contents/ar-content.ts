import { invalid, type UserError } from '@arv/subgraph'

const MAX_TITLE = 200
const MAX_DESCRIPTION = 5000
const WEAK_MARKER_BELOW = 2.5
const DAY_MS = 86_400_000

/** For so long after it was deleted a content can be restored; then it is purged. */
export const RESTORABLE_DAYS = 30

/** What people say of a content. */
export interface ContentDetails {
  readonly title: string
  readonly description: string | null
  readonly expiresAt: Date | null
}

/** What is wrong with what is given; of an update that is what it changes. */
export function contentErrors(
  { title, description, expiresAt }: Partial<ContentDetails>,
  now: Date,
): UserError[] {
  const errors = [
    title === undefined ? null : titleError(title),
    description == null ? null : descriptionError(description),
    expiresAt != null && expiresAt <= now ? invalid('expiresAt', 'This must be in the future.') : null,
  ]
  return errors.filter((error) => error !== null)
}

function descriptionError(description: string): UserError | null {
  if (description.includes('\0')) return invalid('description', 'The description holds a NUL character.')
  return lengthOf(description) > MAX_DESCRIPTION
    ? invalid('description', `The description may have at most ${MAX_DESCRIPTION} characters.`)
    : null
}

/** A title is given without spaces around it. */
export function titleError(title: string): UserError | null {
  if (title.includes('\0')) return invalid('title', 'The title holds a NUL character.')
  const length = lengthOf(title)
  return length >= 1 && length <= MAX_TITLE
    ? null
    : invalid('title', `The title must have 1 to ${MAX_TITLE} characters.`)
}

/** Until when a deleted content can be restored. */
export function restorableUntil(deletedAt: Date): Date {
  return new Date(deletedAt.getTime() + RESTORABLE_DAYS * DAY_MS)
}

/** Whether visitors see a content, as far as it says so itself: its project and company have a say, too. */
export function isShown(
  {
    isActive,
    publishedAt,
    expiresAt,
  }: { readonly isActive: boolean; readonly publishedAt: Date | null; readonly expiresAt: Date | null },
  instant: Date,
): boolean {
  return isActive && publishedAt !== null && (expiresAt === null || expiresAt > instant)
}

/** What publishing needs to know. */
export interface Publishable {
  readonly isImageReady: boolean
  readonly marker: {
    readonly status: string
    readonly rating: number | null
    /** An earlier marker keeps working while another one is compiled, and when that fails. */
    readonly fileId: number | null
  }
  readonly readyVideos: number
}

/** Why a content can't be published: one error for each thing that is missing. */
export function publishingErrors(
  { isImageReady, marker, readyVideos }: Publishable,
  force: boolean,
): UserError[] {
  const errors: (UserError | null)[] = [
    isImageReady ? null : invalid('id', 'The image is not ready yet.'),
    markerError(marker, force),
    readyVideos > 0 ? null : invalid('id', 'There is no video to play yet: add one first.'),
  ]
  return errors.filter((error) => error !== null)
}

function markerError({ status, rating, fileId }: Publishable['marker'], force: boolean): UserError | null {
  if (fileId === null && status === 'FAILED') {
    return invalid('id', 'The marker could not be compiled: choose another image, or compile it anew.')
  }
  if (fileId === null) return invalid('id', 'The marker is not compiled yet: wait until it is.')
  if (force || (rating !== null && rating >= WEAK_MARKER_BELOW)) return null
  return invalid(
    'force',
    `The image is hard to recognise (${(rating ?? 0).toFixed(1)} of 5): choose one with more detail, or publish with "force".`,
  )
}

/** As people count: an emoji is one character, whatever it takes to store it. */
function lengthOf(text: string): number {
  return Array.from(text).length
}

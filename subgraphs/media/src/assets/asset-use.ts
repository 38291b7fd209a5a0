import { toGlobalId } from '@arv/relay'

/** Something that uses a file; the ids are those of what the usage is about, and null otherwise. */
export interface AssetUse {
  readonly usage:
    | 'CONTENT_IMAGE'
    | 'CONTENT_NEXT_IMAGE'
    | 'CONTENT_MARKER'
    | 'VIDEO'
    | 'VIDEO_CAPTIONS'
    | 'PORTRAIT_IMAGE'
    | 'PORTRAIT_MARKER'
    | 'PORTRAIT_VIDEO'
    | 'PREVIEW'
  /** Also the one whose video it is. */
  readonly contentId: number | null
  readonly videoId: number | null
  readonly portraitId: number | null
  /** The file whose thumbnail or poster it is. */
  readonly fileId: number | null
  /** Whether its content was deleted, and still holds it. */
  readonly isDeleted: boolean
}

/** At most so many uses of a file are told. */
export const TOLD_USES = 20

/** Sentences name so many of them. */
const SAID_USES = 3

/** The global id of what uses a file. */
export function userIdOf({ contentId, videoId, portraitId, fileId }: AssetUse): string {
  // A video's content is told with it, so the video comes first.
  if (videoId !== null) return toGlobalId('Video', videoId)
  if (portraitId !== null) return toGlobalId('Portrait', portraitId)
  if (fileId !== null) return toGlobalId('Asset', fileId)
  if (contentId !== null) return toGlobalId('ArContent', contentId)
  throw new Error('A use of a file is by something.')
}

/** Why a file stays, by global ids: `The file is still in use: as the image of content QXJD….` */
export function usedMessage(uses: readonly AssetUse[]): string {
  const said = uses.slice(0, SAID_USES).map((use) => `as ${placeOf(use)}`)
  const more = uses.length > SAID_USES ? ', and more' : ''
  const deleted = uses.some(({ isDeleted }) => isDeleted)
    ? ' A deleted content keeps its files for as long as it can be restored; an owner can delete it permanently before.'
    : ''
  return `The file is still in use: ${said.join(', ')}${more}.${deleted}`
}

function placeOf(use: AssetUse): string {
  const id = userIdOf(use)
  const content = `${use.isDeleted ? 'deleted content' : 'content'} ${id}`
  const video = `video ${id}${use.isDeleted ? ' of a deleted content' : ''}`
  switch (use.usage) {
    case 'CONTENT_IMAGE':
      return `the image of ${content}`
    case 'CONTENT_NEXT_IMAGE':
      return `the next image of ${content}`
    case 'CONTENT_MARKER':
      return `the marker of ${content}`
    case 'VIDEO':
      return `the file of ${video}`
    case 'VIDEO_CAPTIONS':
      return `captions of ${video}`
    case 'PORTRAIT_IMAGE':
      return `the image of portrait ${id}`
    case 'PORTRAIT_MARKER':
      return `the marker of portrait ${id}`
    case 'PORTRAIT_VIDEO':
      return `the video of portrait ${id}`
    case 'PREVIEW':
      return `the thumbnail or poster of file ${id}`
  }
}

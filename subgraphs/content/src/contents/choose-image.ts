import { type Marker, requestAgain, requestFirst, withoutRequest } from '../markers/marker.ts'

/** Which image a content shows, and which one is to take its place once that one's marker is ready. */
export interface ContentImage {
  readonly imageId: number
  readonly nextImageId: number | null
  readonly marker: Marker
}

/**
 * A content's image and marker after another image was chosen; null when it is the chosen one already. Prints of an image
 * whose marker works stay recognised until the other's is ready; whoever goes back to that image has it at once.
 */
export function chooseImage(content: ContentImage, chosen: number): ContentImage | null {
  const { imageId, nextImageId, marker } = content
  if (chosen === (nextImageId ?? imageId)) return null
  if (chosen === imageId) return { imageId, nextImageId: null, marker: withoutRequest(marker) }
  if (marker.fileId === null) return { imageId: chosen, nextImageId: null, marker: requestFirst(marker) }
  return { imageId, nextImageId: chosen, marker: requestAgain(marker) }
}

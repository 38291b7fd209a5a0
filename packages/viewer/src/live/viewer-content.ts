/** A file at a public address, as far as the pages care. */
interface PublicFile {
  readonly url: string
  readonly width: number | null
  readonly height: number | null
}

interface ViewerCaptions {
  readonly language: string
  readonly label: string
  /** WebVTT; null when other captions took its place just now. */
  readonly file: { readonly url: string } | null
}

export interface ViewerVideo {
  readonly uniqueId: string
  readonly title: string
  readonly file: (PublicFile & { readonly poster: PublicFile | null }) | null
  readonly captions: readonly ViewerCaptions[]
}

/** What there is to see behind a QR code. */
export interface ViewerContent {
  readonly uniqueId: string
  readonly title: string | null
  readonly description: string | null
  /** Changes that come after this answer are asked for with it. */
  readonly cursor: string
  /** The print. */
  readonly image: PublicFile | null
  /** Null until it is compiled. */
  readonly marker: PublicFile | null
  /** Null when none may play now. */
  readonly activeVideo: ViewerVideo | null
  /** ISO 8601; null when only somebody's change can bring another video. */
  readonly nextChangeAt: string | null
}

export interface ViewerContentChange {
  readonly cursor: string
  /** Null when it was withdrawn. */
  readonly content: ViewerContent | null
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** The UUID that is this part of an address's path, in lower case; null when there is none. */
export function uuidInPath(pathname: string, part: number): string | null {
  const text = (pathname.split('/')[part] ?? '').toLowerCase()
  return UUID.test(text) ? text : null
}

import { invalid, notFound, type UserError, type UserErrorField } from '@arv/subgraph'

type WantedKind = 'IMAGE' | 'VIDEO' | 'CAPTIONS'

export interface UsableFile {
  readonly id: number
  readonly kind: WantedKind | 'THUMBNAIL' | 'POSTER' | 'MARKER'
  readonly status: 'PROCESSING' | 'READY' | 'FAILED'
}

const WANTED: Readonly<Record<WantedKind, { readonly name: string; readonly otherKind: string }>> = {
  IMAGE: { name: 'image', otherKind: 'This file is not an image.' },
  VIDEO: { name: 'video file', otherKind: 'This file is not a video.' },
  CAPTIONS: {
    name: 'captions file',
    otherKind: 'This file holds no captions: upload a WebVTT file as CAPTIONS.',
  },
}

/** Why a file can't be used as an image, a video or captions; null when it can. */
export function fileError(
  file: UsableFile | null,
  { kind, field }: { readonly kind: WantedKind; readonly field: UserErrorField },
): UserError | null {
  if (file === null) return notFound(field, WANTED[kind].name)
  if (file.kind !== kind) return invalid(field, WANTED[kind].otherKind)
  switch (file.status) {
    case 'READY':
      return null
    case 'PROCESSING':
      return invalid(field, 'This file is still being processed: wait until it is ready.')
    case 'FAILED':
      return invalid(field, 'This file could not be processed: upload it again.')
  }
}

import { invalid, notFound, type UserError } from '@arv/subgraph'

export interface UsableFile {
  readonly id: number
  readonly kind: 'IMAGE' | 'VIDEO' | 'THUMBNAIL' | 'POSTER' | 'MARKER'
  readonly status: 'PROCESSING' | 'READY' | 'FAILED'
}

/** Why a file can't be used as an image or a video; null when it can. */
export function fileError(
  file: UsableFile | null,
  { kind, field }: { readonly kind: 'IMAGE' | 'VIDEO'; readonly field: string },
): UserError | null {
  if (file === null) return notFound(field, kind === 'IMAGE' ? 'image' : 'video file')
  if (file.kind !== kind) {
    return invalid(field, kind === 'IMAGE' ? 'This file is not an image.' : 'This file is not a video.')
  }
  switch (file.status) {
    case 'READY':
      return null
    case 'PROCESSING':
      return invalid(field, 'This file is still being processed: wait until it is ready.')
    case 'FAILED':
      return invalid(field, 'This file could not be processed: upload it again.')
  }
}

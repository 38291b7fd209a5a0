import { rejected, type Rejection } from './rejection.ts'
import type { Sniffed } from './sniff.ts'

const KINDS = {
  image: { name: 'picture', accepted: 'JPEG, PNG, WebP and AVIF pictures are accepted.' },
  video: { name: 'video', accepted: 'MP4, MOV and WebM videos are accepted.' },
}

// What iPhones keep. Few browsers show it, and the decoder that we ship leaves out its patented codec.
const HEIC_MESSAGE = 'HEIC pictures can not be used. Share the picture as JPEG and send it again.'

/** Why a file whose first bytes show something else than what is wanted is not taken. */
export function rejectOtherKind(wanted: 'image' | 'video', found: Sniffed): Rejection {
  const { name, accepted } = KINDS[wanted]
  switch (found.kind) {
    case 'empty':
      return rejected('EMPTY', 'The file is empty.')
    case 'image':
    case 'video':
      return rejected('UNSUPPORTED_TYPE', `This is a ${KINDS[found.kind].name}, not a ${name}. ${accepted}`)
    case 'other':
      if (wanted === 'image' && /^image\/hei[cf]/.test(found.mimeType ?? ''))
        return rejected('UNSUPPORTED_TYPE', HEIC_MESSAGE)
      return rejected('UNSUPPORTED_TYPE', `This is not a ${name} that can be used. ${accepted}`)
  }
}

import { rejected, type Rejection } from './rejection.ts'
import type { Sniffed } from './sniff.ts'

const KINDS = {
  image: { name: 'a picture', accepted: 'JPEG, PNG, WebP and AVIF pictures are accepted.' },
  video: { name: 'a video', accepted: 'MP4, MOV and WebM videos are accepted.' },
  captions: {
    name: 'a captions file',
    accepted: 'WebVTT files in UTF-8 are accepted; their first line begins with WEBVTT.',
  },
}

// What iPhones keep. Few browsers show it, and the decoder that we ship leaves out its patented codec.
const HEIC_MESSAGE = 'HEIC pictures can not be used. Share the picture as JPEG and send it again.'

/** Why a file whose first bytes show something else than what is wanted is not taken. */
export function rejectOtherKind(wanted: keyof typeof KINDS, found: Sniffed): Rejection {
  const { name, accepted } = KINDS[wanted]
  switch (found.kind) {
    case 'empty':
      return rejected('EMPTY', 'The file is empty.')
    case 'image':
    case 'video':
    case 'captions':
      return rejected('UNSUPPORTED_TYPE', `This is ${KINDS[found.kind].name}, not ${name}. ${accepted}`)
    case 'other':
      if (wanted === 'image' && /^image\/hei[cf]/.test(found.mimeType ?? ''))
        return rejected('UNSUPPORTED_TYPE', HEIC_MESSAGE)
      return rejected('UNSUPPORTED_TYPE', `This is not ${name} that can be used. ${accepted}`)
  }
}

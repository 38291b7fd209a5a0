import type { MarkerErrorCode } from './marker.ts'

/** Why a marker could not be made, for people: what is wrong and what would help. */
export function markerErrorSentence(code: MarkerErrorCode): string {
  switch (code) {
    case 'TOO_SMALL':
      return 'The image has too few pixels to be recognised: upload a larger one.'
    case 'EXTREME_ASPECT_RATIO':
      return 'The image is far longer on one side than on the other: crop it closer to a rectangle that a phone can see whole.'
    case 'TOO_FEW_FEATURES':
      return 'There is too little in the image to tell it from others: choose one with more detail and contrast, and without repeating patterns.'
    case 'TIMED_OUT':
      return 'Compiling the marker took too long: try again, or use a simpler image.'
    case 'INTERNAL':
      return 'Something went wrong on our side while the marker was compiled: try again.'
  }
}

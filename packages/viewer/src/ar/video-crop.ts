import { coverBox } from './camera-geometry.ts'
import type { Point, Size } from './camera-geometry.ts'

/** Shares of a texture whose origin is at its lower left: what is seen is `repeat` wide and starts at `offset`. */
export interface TextureCrop {
  readonly repeat: Point
  readonly offset: Point
}

/** The middle of a video in the print's aspect: nothing is stretched, and nothing of the print stays free. */
export function cropToPrint(video: Size, print: Size): TextureCrop {
  const { scale } = coverBox(video, print)
  const repeat = { x: print.width / (video.width * scale), y: print.height / (video.height * scale) }
  return { repeat, offset: { x: (1 - repeat.x) / 2, y: (1 - repeat.y) / 2 } }
}

import { type Card, clip } from '@arv/testkit/clips'
import type { Colour, Point } from '@arv/testkit/browser'

/** Two videos that are told apart at each point, and from the wall. */
export const CARDS = {
  warm: { quarters: ['#c82828', '#dcc828', '#c828b4', '#e6781e'], middle: '#ebebe1' },
  cold: { quarters: ['#283cc8', '#28bed2', '#28a03c', '#6e3cc8'], middle: '#aac8ff' },
} as const satisfies Record<string, Card>

export type CardName = keyof typeof CARDS

/** Wider than the prints, so that it has to be cut, and must not be squeezed. */
const SIZE = { width: 320, height: 180 }
const FRAMES_PER_SECOND = 15

export interface CardClipOptions {
  readonly seconds?: number
  readonly audio?: boolean
}

export function cardClip(name: CardName, options: CardClipOptions = {}): Promise<Buffer> {
  return clip({ ...SIZE, seconds: 2, framesPerSecond: FRAMES_PER_SECOND, card: CARDS[name], ...options })
}

/** On a print: where it is seen whether a card lies over it exactly, and what is seen there then. */
export function expectedOnPrint(
  name: CardName,
  printAspect: number,
): readonly { point: Point; colour: Colour }[] {
  const { quarters, middle } = CARDS[name]
  const [upperLeft, upperRight, lowerRight, lowerLeft] = quarters
  // The square is half as high as the picture, whatever was cut off at the sides.
  const side = 0.25 / printAspect
  const inside = side - 0.03
  const outside = side + 0.05
  return [
    [0.06, 0.06, upperLeft],
    [0.94, 0.06, upperRight],
    [0.94, 0.94, lowerRight],
    [0.06, 0.94, lowerLeft],
    [0.5, 0.5, middle],
    [0.5 - inside, 0.45, middle],
    [0.5 + inside, 0.55, middle],
    [0.5 - outside, 0.4, upperLeft],
    [0.5 + outside, 0.6, lowerRight],
    [0.45, 0.28, middle],
    [0.45, 0.2, upperLeft],
  ].map(([x, y, colour]) => ({ point: { x: Number(x), y: Number(y) }, colour: colourOf(String(colour)) }))
}

/** Beside each edge of a print. */
export const BESIDE: readonly Point[] = [
  { x: -0.06, y: 0.5 },
  { x: 1.06, y: 0.5 },
  { x: 0.5, y: -0.08 },
  { x: 0.5, y: 1.08 },
]

/** @param text - `#rrggbb` */
function colourOf(text: string): Colour {
  const [red = 0, green = 0, blue = 0] = Buffer.from(text.slice(1), 'hex')
  return [red, green, blue]
}

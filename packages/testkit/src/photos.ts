import sharp from 'sharp'

export interface PhotoSize {
  width: number
  height: number
}

const DEFAULT_SIZE: PhotoSize = { width: 1024, height: 768 }
/** Like a photo, few large things and many small ones; sizes are shares of the short side. */
const LAYERS = [
  { count: 12, from: 0.25, to: 0.6 },
  { count: 40, from: 0.08, to: 0.25 },
  { count: 160, from: 0.025, to: 0.08 },
  { count: 320, from: 0.01, to: 0.03 },
]

/**
 * A JPEG that a camera recognises as well as a rich photo (it rates above 4 of 5 as a marker): hundreds of
 * overlapping shapes, no two alike. The same seed and size give the same picture; different seeds, pictures
 * that look different.
 */
export async function photoLike(seed: number, size: PhotoSize = DEFAULT_SIZE): Promise<Buffer> {
  const random = seededRandom(seed)
  const shapes = LAYERS.flatMap(({ count, from, to }) =>
    Array.from({ length: count }, () => shape(random, size, from + random() * (to - from))),
  )
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}">
    <rect width="100%" height="100%" fill="${colour(random)}"/>${shapes.join('')}</svg>`
  return await sharp(Buffer.from(svg)).flatten().jpeg({ quality: 88 }).toBuffer()
}

/** A JPEG of one colour: a correct photo with nothing in it to recognise. */
export async function flatImage(size: PhotoSize = DEFAULT_SIZE): Promise<Buffer> {
  return await sharp({ create: { ...size, channels: 3, background: '#7a8aa0' } })
    .jpeg({ quality: 88 })
    .toBuffer()
}

function shape(random: () => number, { width, height }: PhotoSize, share: number): string {
  const radius = share * Math.min(width, height)
  const x = random() * width
  const y = random() * height
  const corners = Array.from({ length: 3 + Math.floor(random() * 4) }, () => {
    const angle = random() * 2 * Math.PI
    const distance = radius * (0.4 + random() * 0.6)
    return `${(x + Math.cos(angle) * distance).toFixed(1)},${(y + Math.sin(angle) * distance).toFixed(1)}`
  })
  return `<polygon points="${corners.join(' ')}" fill="${colour(random)}"/>`
}

function colour(random: () => number): string {
  const channel = (): number => Math.floor(random() * 256)
  return `rgb(${channel()},${channel()},${channel()})`
}

/** Numbers from 0 to below 1, by the linear congruential generator of Numerical Recipes. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

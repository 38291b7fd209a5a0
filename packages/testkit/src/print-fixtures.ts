import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliDecompress } from 'node:zlib'
import { type PhotoSize, photoLike } from './photos.ts'

/** Two pictures whose markers are compiled already, which takes seconds. */
export const PRINT_FIXTURES = ['landscape', 'portrait'] as const

export type PrintFixtureName = (typeof PRINT_FIXTURES)[number]

export interface PrintFixture {
  readonly photo: Buffer
  /** Its `.mind`. */
  readonly marker: Buffer
  /** What the compiler said of it, which is kept beside a marker's row. */
  readonly facts: MarkerFixtureFacts
}

export interface MarkerFixtureFacts {
  readonly rating: number
  readonly featureCount: number
  /** Pixels that it was compiled at. */
  readonly width: number
  readonly height: number
}

/** Where they are kept: `<name>.jpg`, `<name>.mind.br` (markers compress to two fifths) and `<name>.json`. */
export const FIXTURES_FOLDER = join(import.meta.dirname, '../fixtures')

const PICTURES: Readonly<Record<PrintFixtureName, { readonly seed: number; readonly size: PhotoSize }>> = {
  landscape: { seed: 21, size: { width: 512, height: 384 } },
  portrait: { seed: 22, size: { width: 384, height: 512 } },
}

/** Draws the picture as it was drawn for its file: other versions of sharp may encode it otherwise. */
export function drawPrintFixture(name: PrintFixtureName): Promise<Buffer> {
  const { seed, size } = PICTURES[name]
  return photoLike(seed, size)
}

/** @example const { photo, marker } = await readPrintFixture('landscape') */
export async function readPrintFixture(name: PrintFixtureName): Promise<PrintFixture> {
  const [photo, compressed, facts] = await Promise.all(
    ['jpg', 'mind.br', 'json'].map((extension) => readFile(join(FIXTURES_FOLDER, `${name}.${extension}`))),
  )
  if (!photo || !compressed || !facts) throw new Error(`the fixture ${name} is not whole`)
  const read: MarkerFixtureFacts = JSON.parse(facts.toString())
  return { photo, marker: await promisify(brotliDecompress)(compressed), facts: read }
}

import { invalid, type UserError } from '@arv/subgraph'
import { transliterate } from 'transliteration'

const MAX_LENGTH = 63
const SLUG = /^[a-z0-9]+(?:-[a-z0-9]+)*$/

/** A given slug of the wrong shape; null when it is right, or when none was given. */
export function slugProblem(field: string, slug: string | null | undefined): UserError | null {
  if (slug == null || (slug.length <= MAX_LENGTH && SLUG.test(slug))) return null
  return invalid(
    field,
    `Use small letters a to z and digits, joined by single hyphens, at most ${MAX_LENGTH} characters.`,
  )
}

/** A name as a slug, in Latin letters whatever its script; `fallback` when nothing of it can be written so. */
export function slugFrom(name: string, fallback: string): string {
  const latin = transliterate(name.normalize('NFKC'))
  const words = latin
    .toLowerCase()
    .replaceAll(/['’]/g, '')
    .match(/[a-z0-9]+/g)
  return words === null ? fallback : cut(words.join('-'), MAX_LENGTH)
}

/** What the slugs that `freeSlug` may answer with begin with: enough to ask which of them are taken. */
export function slugStem(slug: string): string {
  return cut(slug, MAX_LENGTH - 10)
}

/** The slug itself, or with the lowest number from 2 on that makes it one of its own. */
export function freeSlug(slug: string, taken: ReadonlySet<string>): string {
  for (let free = slug, number = 2; ; number++) {
    if (!taken.has(free)) return free
    free = `${cut(slug, MAX_LENGTH - 1 - String(number).length)}-${number}`
  }
}

function cut(slug: string, length: number): string {
  return slug.slice(0, length).replace(/-+$/, '')
}

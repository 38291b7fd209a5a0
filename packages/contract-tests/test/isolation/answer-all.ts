import { type RootField, roots, schema } from './api-schema.ts'
import type { Draw } from './draw-arguments.ts'
import { drawFrom } from './draw-from.ts'
import { reachOf, type Wish } from './draw-operation.ts'
import type { Examination } from './examination.ts'

const ATTEMPTS = 400

/** Asks, in earnest and as who may, for every field that has not been answered yet. */
export async function answerAll(
  examination: Examination,
  seed: number,
  wanted: readonly string[],
): Promise<void> {
  const { platform, answered } = examination
  const draw = drawFrom(seed)
  const owner = platform.callers.find(({ name }) => name === 'alpha’s owner') ?? platform.administrator
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const caller = attempt % 2 === 0 ? owner : platform.administrator
    const intent = { hostile: false, tenant: 'alpha', optional: (attempt * 10) % 100 } as const
    const tried = new Set<string>()
    for (const name of wanted) {
      const type = name.split('.')[0] ?? ''
      const wish = answered.has(name) || tried.has(type) ? null : wishFor(name, draw)
      if (wish === null) continue
      // The first time an answer to one field of a type answers most.
      if (attempt === 0 && wish.reach !== null) tried.add(type)
      await examination.ask(caller, [wish], intent, draw)
    }
  }
}

function wishFor(coordinate: string, draw: Draw): Wish | null {
  const [type = '', field = ''] = coordinate.split('.')
  const own = roots.find((root) => root.field.name === field && rootTypeOf(root) === type)
  if (own) return { root: own, reach: null }
  const leading = roots.filter((root) => reachOf(root).includes(type))
  const queries = leading.filter(({ kind }) => kind === 'query')
  const best = queries.length > 0 && draw(9) > 0 ? queries : leading
  const root = best[draw(Math.max(best.length - 1, 0))]
  return root ? { root, reach: type, field } : null
}

const rootTypeOf = ({ kind }: RootField) =>
  ({
    query: schema.getQueryType(),
    mutation: schema.getMutationType(),
    subscription: schema.getSubscriptionType(),
  })[kind]?.name

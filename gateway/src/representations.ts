import { GraphQLError } from 'graphql'
import type { ExecutionResult } from 'graphql'

export interface DistinctRepresentations {
  readonly distinct: readonly object[]
  /** For each original representation, its place among the distinct ones. */
  readonly places: readonly number[]
}

/**
 * The planner asks for an entity once per place that it is at: fifty contents of one company ask for that company
 * fifty times. Returns null when there is nothing to save.
 */
export function distinctRepresentations(representations: unknown): DistinctRepresentations | null {
  if (!Array.isArray(representations) || representations.length < 2) return null
  const placeOf = new Map<string, number>()
  const distinct: object[] = []
  const places: number[] = []
  for (const representation of representations) {
    if (typeof representation !== 'object' || representation === null) return null
    const key = JSON.stringify(representation)
    let place = placeOf.get(key)
    if (place === undefined) {
      place = distinct.length
      placeOf.set(key, place)
      distinct.push(representation)
    }
    places.push(place)
  }
  return distinct.length === representations.length ? null : { distinct, places }
}

/** Gives every original representation its entity and its errors. */
export function expandEntities(result: ExecutionResult, places: readonly number[]): ExecutionResult {
  const entities = result.data?.['_entities']
  return {
    ...result,
    ...(Array.isArray(entities) && { data: { ...result.data, _entities: spread(entities, places) } }),
    ...(result.errors && { errors: result.errors.flatMap((error) => errorsAt(error, places)) }),
  }
}

/** The gateway writes into what it is given, so no two places may share an object. */
function spread(entities: readonly unknown[], places: readonly number[]): unknown[] {
  const given = new Set<number>()
  return places.map((place) => {
    const entity = entities[place]
    if (!given.has(place)) {
      given.add(place)
      return entity
    }
    return copy(entity)
  })
}

function copy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copy)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copy(item)]))
}

function errorsAt(error: GraphQLError, places: readonly number[]): GraphQLError[] {
  const [root, at, ...rest] = error.path ?? []
  if (root !== '_entities' || typeof at !== 'number') return [error]
  const { message, extensions } = error
  return places.flatMap((place, index) =>
    place === at ? [new GraphQLError(message, { path: [root, index, ...rest], extensions })] : [],
  )
}

import { getNamedType, type GraphQLCompositeType, isCompositeType, isRequiredArgument } from 'graphql'
import {
  branchesOf,
  type Field,
  isList,
  isTransparent,
  leavesOf,
  objectsOf,
  pathBetween,
  type RootField,
  schema,
} from './api-schema.ts'
import { drawArgument, type Draw, type Intent, type Setting, type Variable } from './draw-arguments.ts'

/** A field of an operation with all that is selected of it. */
export interface Selection {
  readonly key: string
  readonly field: Field
  /** By object type; empty for a leaf. */
  readonly of: ReadonlyMap<string, readonly Selection[]>
}

export interface Operation {
  readonly kind: RootField['kind']
  readonly text: string
  readonly variables: Readonly<Record<string, Variable>>
  readonly roots: readonly Selection[]
}

/** What is asked of a root field beside what is drawn: a type that shall be reached. */
export interface Wish {
  readonly root: RootField
  readonly reach: string | null
  /** A field of that type. */
  readonly field?: string
}

/** The size of an answer grows with every list within a list: beyond this one goes only where one wants to go. */
const MOST_ITEMS = 400
const DEPTH = 5
const BRANCH_CHANCE = 18

/**
 * An operation over the whole schema: wherever it comes to it takes all leaves, goes on into some of the branches, and
 * on its way to the wished-for type into those that lead there.
 */
export function drawOperation(
  wishes: readonly Wish[],
  intent: Intent,
  setting: Setting,
  draw: Draw,
): Operation {
  const variables: Record<string, Variable> = {}
  const declared: string[] = []
  const kind = wishes[0]?.root.kind ?? 'query'

  function argumentsOf(field: Field, root: string): string {
    const given = field.args.filter(
      (argument) =>
        isRequiredArgument(argument) ||
        argument.name === 'first' ||
        (kind === 'subscription' && argument.name === 'after') ||
        (argument.name !== 'last' && argument.name !== 'before' && draw(99) < intent.optional / 2),
    )
    const texts = given.map(({ name, type }) => {
      const variable = `v${declared.length}`
      declared.push(`$${variable}: ${String(type)}`)
      variables[variable] = drawArgument(type, { name, root, within: '' }, intent, setting, draw)
      return `${name}: $${variable}`
    })
    return texts.length > 0 ? `(${texts.join(', ')})` : ''
  }

  interface Stand {
    readonly root: string
    readonly depth: number
    readonly items: number
    readonly way: readonly string[]
  }

  function select(field: Field, key: string, stand: Stand): { text: string; selection: Selection } {
    const type = getNamedType(field.type)
    const head = `${key === field.name ? '' : `${key}: `}${field.name}${argumentsOf(field, stand.root)}`
    if (!isCompositeType(type)) return { text: head, selection: { key, field, of: new Map() } }
    const of = new Map<string, Selection[]>()
    const texts = objectsOf(type).map((object) => {
      const parts = selectionsOf(object, { ...stand, items: stand.items * (isList(field) ? 5 : 1) })
      of.set(
        object.name,
        parts.map(({ selection }) => selection),
      )
      const inside = parts.map(({ text }) => text).join(' ')
      return object === type ? inside : `... on ${object.name} { ${inside} }`
    })
    return { text: `${head} { __typename ${texts.join(' ')} }`, selection: { key, field, of } }
  }

  function selectionsOf(type: GraphQLCompositeType, stand: Stand) {
    const [next, ...way] = stand.way
    const branches = branchesOf(type).filter(
      ({ field, type: into }) =>
        field.name === next ||
        isTransparent(type) ||
        (kind === 'mutation' && stand.depth === 0) ||
        (stand.depth < DEPTH &&
          stand.items < MOST_ITEMS &&
          draw(99) < BRANCH_CHANCE &&
          !isTransparent(into)) ||
        (stand.depth < 2 && draw(99) < BRANCH_CHANCE),
    )
    return [...leavesOf(type), ...branches.map(({ field }) => field)].map((field) =>
      select(field, field.name, {
        ...stand,
        depth: stand.depth + (isTransparent(type) ? 0 : 1),
        way: field.name === next ? way : [],
      }),
    )
  }

  const selected = wishes.map(({ root: { field }, reach, field: last }, at) => {
    const type = getNamedType(field.type)
    const way = reach !== null && isCompositeType(type) ? pathBetween(type, reach, draw) : null
    return select(field, `r${at}`, {
      root: field.name,
      depth: 0,
      items: 1,
      way: [...(way ?? []), ...(last === undefined ? [] : [last])],
    })
  })
  return {
    kind,
    text: `${kind}${declared.length > 0 ? ` (${declared.join(', ')})` : ''} { ${selected.map(({ text }) => text).join(' ')} }`,
    variables,
    roots: selected.map(({ selection }) => selection),
  }
}

/** The fields of an answer that are not null: `ArContent.title`. */
export function* answeredFields(
  { kind, roots }: Operation,
  data: Readonly<Record<string, unknown>>,
): Generator<string> {
  const type = kind === 'query' ? 'Query' : kind === 'mutation' ? 'Mutation' : 'Subscription'
  for (const { key, field } of roots) if (data[key] != null) yield `${type}.${field.name}`
  yield* answeredWithin(roots, data)
}

function* answeredWithin(selections: readonly Selection[], value: unknown): Generator<string> {
  if (Array.isArray(value)) {
    for (const item of value) yield* answeredWithin(selections, item)
    return
  }
  if (!isRecord(value)) return
  for (const { key, of } of selections) {
    for (const item of [value[key]].flat()) yield* answeredObject(of, item)
  }
}

function* answeredObject(of: Selection['of'], value: unknown): Generator<string> {
  if (!isRecord(value) || typeof value['__typename'] !== 'string') return
  const selections = of.get(value['__typename']) ?? []
  for (const { key } of selections) if (value[key] != null) yield `${value['__typename']}.${key}`
  yield* answeredWithin(selections, value)
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const reaches = new Map<RootField, readonly string[]>()

/** The types that an answer to a root field may come to. */
export function reachOf(root: RootField): readonly string[] {
  const known = reaches.get(root)
  if (known) return known
  const found = findReach(root)
  reaches.set(root, found)
  return found
}

function findReach({ field }: RootField): string[] {
  const type = getNamedType(field.type)
  if (!isCompositeType(type)) return []
  const seen = new Set<string>([type.name])
  const rest: GraphQLCompositeType[] = [type]
  for (let next = rest.pop(); next; next = rest.pop()) {
    for (const { type: into } of branchesOf(next)) {
      if (seen.has(into.name)) continue
      seen.add(into.name)
      rest.push(into)
    }
  }
  return [...seen].filter((name) => schema.getType(name) !== undefined)
}

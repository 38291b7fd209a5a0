import { Kind } from 'graphql'
import type { DocumentNode, FieldNode, FragmentDefinitionNode, SelectionSetNode } from 'graphql'
import { plus } from './counting.ts'
import { DEEPEST_NESTING } from './limits.ts'

/** What a selection set is with every fragment in it spread; a fragment's is found once, however often it is spread. */
export interface Selections {
  /** Levels of fields. */
  readonly depth: number
  /** Fields of all levels. */
  readonly fields: number
  readonly aliases: number
  readonly directives: number
  /** Fields of the first level. */
  readonly breadth: number
  /** How often each field of the first level is given another name. */
  readonly aliasesByField: ReadonlyMap<string, number>
  /** The greatest breadth of any level below. */
  readonly breadthBelow: number
  /** The most aliases of one field within one selection set of any level below. */
  readonly aliasesOfOneFieldBelow: number
}

/** Fragments that spread each other in a circle, or too deeply to follow. */
export class EndlessFragmentsError extends Error {
  readonly kind: 'cycle' | 'nesting'
  constructor(kind: 'cycle' | 'nesting') {
    super(`fragments: ${kind}`)
    this.kind = kind
  }
}

const NOTHING: Selections = {
  depth: 0,
  fields: 0,
  aliases: 0,
  directives: 0,
  breadth: 0,
  aliasesByField: new Map(),
  breadthBelow: 0,
  aliasesOfOneFieldBelow: 0,
}

/**
 * Measures selection sets of one document. Time is linear in the document: what fragments of fragments multiply to is
 * computed, never walked.
 *
 * @throws EndlessFragmentsError from the function returned.
 */
export function selectionMeter(document: DocumentNode): (set: SelectionSetNode) => Selections {
  const definitions = fragmentsOf(document)
  const known = new Map<string, Selections | 'begun'>()

  function ofFragment(name: string, level: number): Selections {
    const before = known.get(name)
    if (before === 'begun') throw new EndlessFragmentsError('cycle')
    if (before) return before
    const definition = definitions.get(name)
    if (!definition) return NOTHING
    known.set(name, 'begun')
    const found = withDirectives(ofSet(definition.selectionSet, level), definition.directives)
    known.set(name, found)
    return found
  }

  function ofField(field: FieldNode, level: number): Selections {
    const below = field.selectionSet ? ofSet(field.selectionSet, level) : NOTHING
    const name = field.name.value
    const isAliased = field.alias !== undefined && field.alias.value !== name
    return {
      depth: below.depth + 1,
      fields: plus(below.fields, 1),
      aliases: plus(below.aliases, isAliased ? 1 : 0),
      directives: plus(below.directives, field.directives?.length ?? 0),
      breadth: 1,
      aliasesByField: isAliased ? new Map([[name, 1]]) : NOTHING.aliasesByField,
      breadthBelow: Math.max(below.breadth, below.breadthBelow),
      aliasesOfOneFieldBelow: Math.max(mostOf(below.aliasesByField), below.aliasesOfOneFieldBelow),
    }
  }

  function ofSet({ selections }: SelectionSetNode, level: number): Selections {
    if (level > DEEPEST_NESTING) throw new EndlessFragmentsError('nesting')
    return sumOf(
      selections.map((selection) => {
        if (selection.kind === Kind.FIELD) return ofField(selection, level + 1)
        const within =
          selection.kind === Kind.INLINE_FRAGMENT
            ? ofSet(selection.selectionSet, level + 1)
            : ofFragment(selection.name.value, level + 1)
        return withDirectives(within, selection.directives)
      }),
    )
  }

  return (set) => ofSet(set, 0)
}

export function fragmentsOf({ definitions }: DocumentNode): Map<string, FragmentDefinitionNode> {
  return new Map(
    definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition]] : [],
    ),
  )
}

export function mostOf(counts: ReadonlyMap<string, number>): number {
  return Math.max(0, ...counts.values())
}

function withDirectives(selections: Selections, directives: readonly unknown[] = []): Selections {
  if (directives.length === 0) return selections
  return { ...selections, directives: plus(selections.directives, directives.length) }
}

/** Side by side in one selection set. */
function sumOf(parts: readonly Selections[]): Selections {
  const aliasesByField = new Map<string, number>()
  const sum = { ...NOTHING, aliasesByField }
  for (const part of parts) {
    sum.depth = Math.max(sum.depth, part.depth)
    sum.fields = plus(sum.fields, part.fields)
    sum.aliases = plus(sum.aliases, part.aliases)
    sum.directives = plus(sum.directives, part.directives)
    sum.breadth = plus(sum.breadth, part.breadth)
    sum.breadthBelow = Math.max(sum.breadthBelow, part.breadthBelow)
    sum.aliasesOfOneFieldBelow = Math.max(sum.aliasesOfOneFieldBelow, part.aliasesOfOneFieldBelow)
    for (const [name, count] of part.aliasesByField) {
      aliasesByField.set(name, plus(aliasesByField.get(name) ?? 0, count))
    }
  }
  return sum
}

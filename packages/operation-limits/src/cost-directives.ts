import { isTypeDefinitionNode, isTypeExtensionNode, Kind, valueFromASTUntyped } from 'graphql'
import type { ConstDirectiveNode, DocumentNode } from 'graphql'

/** `@listSize`, without what is not used. */
export interface ListSize {
  readonly assumedSize: number | null
  /** Arguments that hold how many items are wanted. */
  readonly slicingArguments: readonly string[]
  /** Fields within that have the size; none when the field itself is the list. */
  readonly sizedFields: readonly string[]
}

/** Where an SDL says what things cost. */
export interface CostDirectives {
  /** `@cost(weight)` by schema coordinate: `Type`, `Type.field`, `Type.field(argument:)`, `Input.field`. */
  readonly weights: ReadonlyMap<string, number>
  /** `@listSize` by `Type.field`. */
  readonly listSizes: ReadonlyMap<string, ListSize>
}

/**
 * Reads `@cost` and `@listSize`, by whatever names the document's `@link` gives them.
 * `requireOneSlicingArgument` is not looked at: where an operation doesn't say a size, it is assumed.
 */
export function readCostDirectives(sdl: DocumentNode): CostDirectives {
  const names = directiveNames(sdl)
  const weights = new Map<string, number>()
  const listSizes = new Map<string, ListSize>()

  const read = (coordinate: string, directives: readonly ConstDirectiveNode[] = []) => {
    for (const directive of directives) {
      const given = argumentsOf(directive)
      if (directive.name.value === names.cost) weights.set(coordinate, Number(given['weight']))
      if (directive.name.value === names.listSize) listSizes.set(coordinate, listSizeOf(given))
    }
  }
  for (const definition of sdl.definitions) {
    if (!isTypeDefinitionNode(definition) && !isTypeExtensionNode(definition)) continue
    const type = definition.name.value
    read(type, definition.directives)
    for (const field of 'fields' in definition ? (definition.fields ?? []) : []) {
      const coordinate = `${type}.${field.name.value}`
      read(coordinate, field.directives)
      for (const argument of 'arguments' in field ? (field.arguments ?? []) : []) {
        read(`${coordinate}(${argument.name.value}:)`, argument.directives)
      }
    }
  }
  return { weights, listSizes }
}

const SPECIFICATIONS = /^https:\/\/specs\.apollo\.dev\/(cost|federation)\/v/

/** A feature's directive of the feature's own name needs no prefix; others do, unless they are imported. */
function directiveNames(sdl: DocumentNode): { readonly cost: string; readonly listSize: string } {
  for (const link of linksOf(sdl)) {
    const feature = SPECIFICATIONS.exec(String(link['url']))?.[1]
    if (feature === undefined) continue
    const prefix = typeof link['as'] === 'string' ? link['as'] : feature
    const imported = importsOf(link['import'])
    return {
      cost: imported.get('@cost') ?? (feature === 'cost' ? prefix : `${prefix}__cost`),
      listSize: imported.get('@listSize') ?? `${prefix}__listSize`,
    }
  }
  return { cost: 'cost', listSize: 'listSize' }
}

function linksOf({ definitions }: DocumentNode): Record<string, unknown>[] {
  return definitions.flatMap((definition) =>
    definition.kind === Kind.SCHEMA_DEFINITION || definition.kind === Kind.SCHEMA_EXTENSION
      ? (definition.directives ?? []).filter(({ name }) => name.value === 'link').map(argumentsOf)
      : [],
  )
}

/** What is imported, by what it is called where it comes from, to what it is called here: without the `@`. */
function importsOf(imports: unknown): Map<string, string> {
  return new Map(
    (Array.isArray(imports) ? imports : []).map((item: unknown) => {
      const { name, as = name } =
        typeof item === 'object' && item !== null && 'name' in item
          ? { as: undefined, ...item }
          : { name: item, as: item }
      return [String(name), String(as).replace(/^@/, '')]
    }),
  )
}

function argumentsOf({ arguments: given = [] }: ConstDirectiveNode): Record<string, unknown> {
  return Object.fromEntries(given.map(({ name, value }) => [name.value, valueFromASTUntyped(value)]))
}

function listSizeOf(given: Readonly<Record<string, unknown>>): ListSize {
  const { assumedSize } = given
  return {
    assumedSize: typeof assumedSize === 'number' ? assumedSize : null,
    slicingArguments: texts(given['slicingArguments']),
    sizedFields: texts(given['sizedFields']),
  }
}

/** A single item is as good as a list of it. */
function texts(value: unknown): string[] {
  return [value].flat().filter((item) => typeof item === 'string')
}

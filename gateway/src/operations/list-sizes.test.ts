import { readFileSync } from 'node:fs'
import { Kind, parse } from 'graphql'
import type { FieldDefinitionNode, TypeNode } from 'graphql'
import { expect, test } from 'vitest'

const SUPERGRAPH = parse(readFileSync(new URL('../../supergraph.graphql', import.meta.url), 'utf8'))

/** Types that hold a page of a list; a `StorageConnection` is something else. */
const PAGES = new Set(
  SUPERGRAPH.definitions.flatMap((definition) =>
    definition.kind === Kind.OBJECT_TYPE_DEFINITION &&
    definition.fields?.some(({ name }) => name.value === 'edges')
      ? [definition.name.value]
      : [],
  ),
)

const fields = SUPERGRAPH.definitions.flatMap((definition) =>
  definition.kind === Kind.OBJECT_TYPE_DEFINITION
    ? (definition.fields ?? []).map((field) => ({
        coordinate: `${definition.name.value}.${field.name.value}`,
        field,
      }))
    : [],
)

test('every list of the schema says how long it is, and every page how long it is asked to be', () => {
  const unsized = fields.filter(({ field }) => isList(field.type) && !sizeOf(field))
  const pages = fields.filter(({ field }) => PAGES.has(namedType(field.type)))
  const edges = unsized.filter(({ coordinate }) => /^\w+Connection\.edges$/.test(coordinate))
  expect(unsized.map(({ coordinate }) => coordinate)).toEqual(edges.map(({ coordinate }) => coordinate))
  expect(pages.length).toBeGreaterThanOrEqual(7)
  expect(
    pages.filter(({ field }) => !sizeOf(field)?.includes('sizedFields')).map(({ coordinate }) => coordinate),
  ).toEqual([])
})

test('every page is as long as “first” or “last” says', () => {
  const first = fields.filter(({ field }) => field.arguments?.some(({ name }) => name.value === 'first'))
  expect(
    first
      .filter(({ field }) => !sizeOf(field)?.includes('slicingArguments'))
      .map(({ coordinate }) => coordinate),
  ).toEqual([])
})

/** The names of the arguments of a field's `@listSize`. */
function sizeOf({ directives = [] }: FieldDefinitionNode): string[] | undefined {
  return directives.find(({ name }) => name.value === 'listSize')?.arguments?.map(({ name }) => name.value)
}

function isList(type: TypeNode): boolean {
  return type.kind === Kind.LIST_TYPE || (type.kind === Kind.NON_NULL_TYPE && isList(type.type))
}

function namedType(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type)
}

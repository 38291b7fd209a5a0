import * as fc from 'fast-check'
import { Kind, parse } from 'graphql'
import type { DocumentNode, SelectionSetNode } from 'graphql'
import { describe, expect, test } from 'vitest'
import { fragmentsOf, mostOf, selectionMeter } from '../src/measure-selections.ts'
import type { Selections } from '../src/measure-selections.ts'
import { randomDocument } from './random-document.ts'

function measured(text: string): Selections {
  const document = parse(text)
  return selectionMeter(document)(operationOf(document))
}

function operationOf({ definitions }: DocumentNode): SelectionSetNode {
  const operation = definitions.find((definition) => definition.kind === Kind.OPERATION_DEFINITION)
  if (!operation) throw new Error('there is no operation')
  return operation.selectionSet
}

describe('a selection set', () => {
  test('is as deep as its fields are nested, whatever fragments they are in', () => {
    expect(
      measured('{ a { ... { b { ...C } } } } fragment C on T { c { ...D } } fragment D on T { d }'),
    ).toMatchObject({
      depth: 4,
      fields: 4,
      breadth: 1,
    })
  })

  test('is as broad as the fields that its fragments bring', () => {
    const { breadth, breadthBelow } = measured('{ a ...B ... { c d } e { f g } } fragment B on T { a b }')
    expect(breadth).toBe(6)
    expect(breadthBelow).toBe(2)
  })

  test('has the aliases of its fragments, each as often as it is spread', () => {
    const { aliases, aliasesByField } = measured(
      '{ one: a two: a b c: c ...D ...D } fragment D on T { three: a }',
    )
    expect(aliases).toBe(4)
    expect(Object.fromEntries(aliasesByField)).toEqual({ a: 4 })
  })

  test('has the directives of fields, spreads and inline fragments', () => {
    expect(measured('{ a @x @y ... @z { b } ...C @u } fragment C on T @v { c }').directives).toBe(5)
  })

  test('takes a fragment that does not exist for nothing', () => {
    expect(measured('{ a ...Nothing }').fields).toBe(1)
  })

  test('does not take long with fragments that multiply', () => {
    const doubling = Array.from({ length: 90 }, (_, i) => `fragment F${i} on T { ...F${i + 1} ...F${i + 1} }`)
    const { fields } = measured(`{ ...F0 } ${doubling.join(' ')} fragment F90 on T { a }`)
    expect(fields).toBe(Number.MAX_SAFE_INTEGER)
  })

  test.for([
    ['itself', '{ ...A } fragment A on T { a { ...A } }'],
    ['one that spreads it', '{ ...A } fragment A on T { ...B } fragment B on T { b ...A }'],
  ])('is refused when a fragment in it spreads %s', ([, text = '']) => {
    expect(() => measured(text)).toThrow('fragments: cycle')
  })

  test('is refused when fragments nest without an end in sight', () => {
    const chain = Array.from({ length: 5000 }, (_, i) => `fragment F${i} on T { ...F${i + 1} }`)
    expect(() => measured(`{ ...F0 } ${chain.join(' ')}`)).toThrow('fragments: nesting')
  })

  test('of any document is what it is with every fragment written out', () => {
    fc.assert(
      fc.property(randomDocument, ({ text }) => {
        const document = parse(text)
        const { aliasesByField, ...found } = selectionMeter(document)(operationOf(document))
        expect({ ...found, aliasesOfOneField: mostOf(aliasesByField) }).toEqual(writtenOut(document))
      }),
      { numRuns: 300 },
    )
  })
})

/** A field, with all that its fragments bring. */
interface Tree {
  readonly name: string
  readonly isAliased: boolean
  readonly children: readonly Tree[]
}

/** The same figures in the simplest way there is. */
function writtenOut(document: DocumentNode) {
  const fragments = fragmentsOf(document)
  let directives = 0
  const expand = ({ selections }: SelectionSetNode): Tree[] =>
    selections.flatMap((selection) => {
      directives += selection.directives?.length ?? 0
      if (selection.kind === Kind.INLINE_FRAGMENT) return expand(selection.selectionSet)
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        const fragment = fragments.get(selection.name.value)
        return fragment ? expand(fragment.selectionSet) : []
      }
      const isAliased = selection.alias !== undefined && selection.alias.value !== selection.name.value
      const children = selection.selectionSet ? expand(selection.selectionSet) : []
      return [{ name: selection.name.value, isAliased, children }]
    })
  const top = expand(operationOf(document))
  const all = (trees: readonly Tree[]): Tree[] => trees.flatMap((tree) => [tree, ...all(tree.children)])
  const depth = (trees: readonly Tree[]): number =>
    Math.max(0, ...trees.map((tree) => 1 + depth(tree.children)))
  const repeats = (trees: readonly Tree[]): number =>
    Math.max(
      0,
      ...trees.map(({ name }) => trees.filter((tree) => tree.isAliased && tree.name === name).length),
    )
  const fields = all(top)
  return {
    depth: depth(top),
    fields: fields.length,
    aliases: fields.filter(({ isAliased }) => isAliased).length,
    directives,
    breadth: top.length,
    breadthBelow: Math.max(0, ...fields.map(({ children }) => children.length)),
    aliasesOfOneField: repeats(top),
    aliasesOfOneFieldBelow: Math.max(0, ...fields.map(({ children }) => repeats(children))),
  }
}

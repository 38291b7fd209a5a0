import { Kind, parse, print } from 'graphql'
import type { DefinitionNode, DocumentNode } from 'graphql'

/** One text for all documents that differ in white space, comments or the order of their definitions only. */
export function normalForm(document: DocumentNode): string {
  return print({ ...document, definitions: document.definitions.toSorted(byKindAndName) })
}

/**
 * The normal form of a text that a stranger sent; null when it is no document, or has more tokens than that. So few
 * are read that no nesting in them can hurt.
 */
export function normalFormOf(text: string, maxTokens: number): string | null {
  try {
    return normalForm(parse(text, { maxTokens, noLocation: true }))
  } catch {
    return null
  }
}

function byKindAndName(one: DefinitionNode, other: DefinitionNode): number {
  return compare(sortKey(one), sortKey(other))
}

/** Operations come before what they are made of. */
function sortKey(definition: DefinitionNode): string {
  const name = 'name' in definition ? (definition.name?.value ?? '') : ''
  return `${definition.kind === Kind.OPERATION_DEFINITION ? 0 : 1} ${name}`
}

function compare(one: string, other: string): number {
  if (one === other) return 0
  return one < other ? -1 : 1
}

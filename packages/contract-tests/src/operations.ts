import { readFileSync } from 'node:fs'
import { type DocumentNode, type FragmentDefinitionNode, Kind, parse, visit } from 'graphql'

/** The clients' documents, whole. */
const DOCUMENTS = ['admin', 'viewer'].map((name) =>
  parse(readFileSync(new URL(`../operations/${name}.graphql`, import.meta.url), 'utf8')),
)

/** What the clients send: each operation by its name, with the fragments it uses and nothing else. */
export const operations: ReadonlyMap<string, DocumentNode> = new Map(DOCUMENTS.flatMap(operationsIn))

/** @throws Error when the clients have no operation of this name */
export function operation(name: string): DocumentNode {
  const document = operations.get(name)
  if (!document) throw new Error(`the contract has no operation ${name}`)
  return document
}

function operationsIn(document: DocumentNode): [string, DocumentNode][] {
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition)
  }
  return document.definitions.flatMap((definition) => {
    if (definition.kind !== Kind.OPERATION_DEFINITION || !definition.name) return []
    const used = new Set<FragmentDefinitionNode>()
    collectFragments(definition, fragments, used)
    return [[definition.name.value, { kind: Kind.DOCUMENT, definitions: [definition, ...used] }]]
  })
}

function collectFragments(
  node: DocumentNode['definitions'][number],
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  used: Set<FragmentDefinitionNode>,
): void {
  visit(node, {
    FragmentSpread({ name }) {
      const fragment = fragments.get(name.value)
      if (!fragment || used.has(fragment)) return
      used.add(fragment)
      collectFragments(fragment, fragments, used)
    },
  })
}

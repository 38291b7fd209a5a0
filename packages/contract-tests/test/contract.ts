import { readFileSync } from 'node:fs'
import {
  type DocumentNode,
  type EnumTypeDefinitionNode,
  type FragmentDefinitionNode,
  type InputObjectTypeDefinitionNode,
  Kind,
  parse,
  visit,
} from 'graphql'

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')

/** The composed supergraph as it is committed: `pnpm compose:check` holds it to the subgraphs. */
export const supergraphSdl = read('../../../gateway/supergraph.graphql')

/** The clients' documents, whole. */
const DOCUMENTS = ['admin', 'viewer'].map((name) => parse(read(`../operations/${name}.graphql`)))

/** What the clients send: each operation by its name, with the fragments it uses and nothing else. */
export const operations: ReadonlyMap<string, DocumentNode> = new Map(DOCUMENTS.flatMap(operationsIn))

/** The inputs and enums that the clients use. */
export const inputTypes: readonly (EnumTypeDefinitionNode | InputObjectTypeDefinitionNode)[] = parse(
  read('../operations/inputs.graphql'),
).definitions.filter(
  (definition) =>
    definition.kind === Kind.ENUM_TYPE_DEFINITION || definition.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION,
)

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

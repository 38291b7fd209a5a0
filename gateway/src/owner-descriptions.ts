import { Kind } from 'graphql'
import type { DefinitionNode, DocumentNode, ObjectTypeDefinitionNode } from 'graphql'

export interface SubgraphTypeDefs {
  readonly name: string
  readonly typeDefs: DocumentNode
}

/**
 * Leaves a type's description, and those of its fields, to the subgraph that defines most of it. Composition would
 * take whichever most subgraphs agree on: the words that contributors have for what is not theirs. Where two define
 * equally much, the first does.
 */
export function keepOwnersDescriptions(subgraphs: readonly SubgraphTypeDefs[]): SubgraphTypeDefs[] {
  const owners = ownersOf(subgraphs)
  return subgraphs.map(({ name, typeDefs }) => ({
    name,
    typeDefs: {
      ...typeDefs,
      definitions: typeDefs.definitions.map((definition) => {
        const owner = isType(definition) ? owners.get(definition.name.value) : undefined
        return isType(definition) && owner && owner !== definition
          ? withoutWordsFor(definition, owner)
          : definition
      }),
    },
  }))
}

function ownersOf(subgraphs: readonly SubgraphTypeDefs[]): Map<string, ObjectTypeDefinitionNode> {
  const owners = new Map<string, ObjectTypeDefinitionNode>()
  for (const definition of subgraphs.flatMap(({ typeDefs }) => typeDefs.definitions)) {
    if (!isType(definition)) continue
    const known = owners.get(definition.name.value)
    if (!known || fieldsOf(definition).length > fieldsOf(known).length) {
      owners.set(definition.name.value, definition)
    }
  }
  return owners
}

function withoutWordsFor(
  definition: ObjectTypeDefinitionNode,
  owner: ObjectTypeDefinitionNode,
): ObjectTypeDefinitionNode {
  const { description: _, ...contributed } = definition
  const owned = new Set(fieldsOf(owner).map((field) => field.name.value))
  return {
    ...contributed,
    fields: fieldsOf(contributed).map((field) => {
      if (!owned.has(field.name.value)) return field
      const { description: __, ...plain } = field
      return plain
    }),
  }
}

function fieldsOf({ fields = [] }: Pick<ObjectTypeDefinitionNode, 'fields'>) {
  return fields
}

function isType(definition: DefinitionNode): definition is ObjectTypeDefinitionNode {
  return definition.kind === Kind.OBJECT_TYPE_DEFINITION
}

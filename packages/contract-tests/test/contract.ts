import { readFileSync } from 'node:fs'
import { type EnumTypeDefinitionNode, type InputObjectTypeDefinitionNode, Kind, parse } from 'graphql'

export { operation, operations } from '../src/operations.ts'

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')

/** The composed supergraph as it is committed: `pnpm compose:check` holds it to the subgraphs. */
export const supergraphSdl = read('../../../gateway/supergraph.graphql')

/** The inputs and enums that the clients use. */
export const inputTypes: readonly (EnumTypeDefinitionNode | InputObjectTypeDefinitionNode)[] = parse(
  read('../operations/inputs.graphql'),
).definitions.filter(
  (definition) =>
    definition.kind === Kind.ENUM_TYPE_DEFINITION || definition.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION,
)

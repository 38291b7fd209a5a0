import { GraphQLError, Kind } from 'graphql'
import type { DocumentNode, ExecutionResult, SelectionNode, SelectionSetNode } from 'graphql'

type Path = readonly (string | number)[]

/**
 * A subgraph that can't be reached answers with one error that has no path. A client tells "failed" from "empty"
 * by the paths of errors, so such an error is given to every field that was asked of that subgraph.
 *
 * @param representations - of an entity fetch; undefined for a fetch of root fields.
 */
export function placeErrors(
  result: ExecutionResult,
  document: DocumentNode,
  representations: unknown,
): ExecutionResult {
  if (!result.errors?.some((error) => error.path === undefined) || result.data) return result
  const paths = Array.isArray(representations)
    ? entityFieldPaths(document, representations)
    : rootFields(document).map((selection) => responseNames([selection]))
  return {
    ...result,
    errors: result.errors.flatMap((error) => (error.path === undefined ? placed(error, paths) : [error])),
  }
}

function placed(error: GraphQLError, paths: readonly Path[]): GraphQLError[] {
  const { message, extensions } = error
  return paths.map((path) => new GraphQLError(message, { path, extensions }))
}

/** Planned entity fetches have one shape: `{ _entities(representations: …) { ... on Type { fields } } }`. */
function entityFieldPaths(document: DocumentNode, representations: readonly unknown[]): Path[] {
  const entities = rootFields(document)[0]
  const perType = entities?.kind === Kind.FIELD ? (entities.selectionSet?.selections ?? []) : []
  return representations.flatMap((representation, index) =>
    perType.flatMap((fragment): Path[] =>
      fragment.kind === Kind.INLINE_FRAGMENT &&
      fragment.typeCondition?.name.value === typeName(representation)
        ? responseNames(fragment.selectionSet.selections).map((name) => ['_entities', index, name])
        : [],
    ),
  )
}

function rootFields(document: DocumentNode): SelectionSetNode['selections'] {
  const operation = document.definitions.find((definition) => definition.kind === Kind.OPERATION_DEFINITION)
  return operation?.selectionSet.selections ?? []
}

function responseNames(selections: readonly SelectionNode[]): string[] {
  return selections.flatMap((selection) =>
    selection.kind === Kind.FIELD && selection.name.value !== '__typename'
      ? [selection.alias?.value ?? selection.name.value]
      : [],
  )
}

function typeName(representation: unknown): unknown {
  return typeof representation === 'object' && representation !== null && '__typename' in representation
    ? representation.__typename
    : undefined
}

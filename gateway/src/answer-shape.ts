import {
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
} from 'graphql'
import type {
  DocumentNode,
  FragmentDefinitionNode,
  GraphQLOutputType,
  GraphQLSchema,
  SelectionNode,
  SelectionSetNode,
} from 'graphql'

type Path = readonly (string | number)[]
type Data = Readonly<Record<string, unknown>>

/** A selection set with what it takes to read it. */
interface Scope {
  readonly schema: GraphQLSchema
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
  readonly path: Path
  /** Whether `@skip` or `@include` may have left fields out. */
  readonly isConditional: boolean
}

/** Values that the built-in scalars may have on the wire; of others the gateway knows nothing. */
const SCALARS: Readonly<Record<string, (value: unknown) => boolean>> = {
  Boolean: (value) => typeof value === 'boolean',
  Float: (value) => typeof value === 'number',
  ID: (value) => typeof value === 'string' || Number.isInteger(value),
  Int: (value) => Number.isInteger(value),
  String: (value) => typeof value === 'string',
}

/**
 * Where a subgraph's data isn't what its schema promises: the path of the first such place, undefined when there is
 * none. The gateway's executor would put null there and say nothing.
 *
 * @param schema - as clients see it; what they can't see is not looked at.
 * @param representations - of an entity fetch; undefined for a fetch of root fields.
 */
export function misfitOf(
  data: unknown,
  document: DocumentNode,
  schema: GraphQLSchema,
  representations?: unknown,
): Path | undefined {
  const operation = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION)
  const root = operation && schema.getRootType(operation.operation)
  const fragments = new Map(
    document.definitions.flatMap((node) =>
      node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : [],
    ),
  )
  const scope: Scope = { schema, fragments, path: [], isConditional: false }
  if (!operation || !root) return undefined
  return Array.isArray(representations)
    ? entitiesMisfit(data, representations, operation.selectionSet, scope)
    : objectMisfit(data, root.name, operation.selectionSet, scope)
}

/** One entity, or null, for each representation. */
function entitiesMisfit(
  data: unknown,
  representations: readonly unknown[],
  { selections: [field] }: SelectionSetNode,
  scope: Scope,
): Path | undefined {
  const entities = isData(data) ? data['_entities'] : undefined
  if (!Array.isArray(entities) || entities.length !== representations.length) return ['_entities']
  const { selectionSet } = field?.kind === Kind.FIELD ? field : {}
  if (!selectionSet) return undefined
  return firstOf(entities, (entity: unknown, index) =>
    entity === null
      ? undefined
      : objectMisfit(entity, typeNameOf(representations[index]), selectionSet, {
          ...scope,
          path: ['_entities', index],
        }),
  )
}

/** @param declared - the name of the type where the value stands; its own `__typename` is more exact. */
function objectMisfit(
  value: unknown,
  declared: string | undefined,
  { selections }: SelectionSetNode,
  scope: Scope,
): Path | undefined {
  if (!isData(value)) return scope.path
  const typeName = typeNameOf(value) ?? declared
  return firstOf(selections, (selection) =>
    selection.kind === Kind.FIELD
      ? fieldMisfit(value, typeName, selection, scope)
      : fragmentMisfit(value, typeName, selection, scope),
  )
}

function fragmentMisfit(
  value: Data,
  typeName: string | undefined,
  selection: Exclude<SelectionNode, { kind: Kind.FIELD }>,
  scope: Scope,
): Path | undefined {
  const fragment =
    selection.kind === Kind.INLINE_FRAGMENT ? selection : scope.fragments.get(selection.name.value)
  if (!fragment || !applies(fragment.typeCondition?.name.value, typeName, scope.schema)) return undefined
  return objectMisfit(value, typeName, fragment.selectionSet, within(scope, selection))
}

function fieldMisfit(
  value: Data,
  typeName: string | undefined,
  field: Extract<SelectionNode, { kind: Kind.FIELD }>,
  scope: Scope,
): Path | undefined {
  const type = typeName === undefined ? undefined : scope.schema.getType(typeName)
  if (!isObjectType(type) && !isInterfaceType(type)) return undefined
  const definition = type.getFields()[field.name.value]
  if (!definition) return undefined
  const key = field.alias?.value ?? field.name.value
  const inner = within(scope, field, key)
  const answer = value[key]
  if (answer === undefined) return inner.isConditional ? undefined : inner.path
  return valueMisfit(answer, definition.type, field.selectionSet, inner)
}

function valueMisfit(
  value: unknown,
  type: GraphQLOutputType,
  selectionSet: SelectionSetNode | undefined,
  scope: Scope,
): Path | undefined {
  if (isNonNullType(type)) {
    return value === null ? scope.path : valueMisfit(value, type.ofType, selectionSet, scope)
  }
  if (value === null) return undefined
  if (isListType(type)) {
    if (!Array.isArray(value)) return scope.path
    return firstOf(value, (item: unknown, index) =>
      valueMisfit(item, type.ofType, selectionSet, { ...scope, path: [...scope.path, index] }),
    )
  }
  if (isCompositeType(type)) {
    return selectionSet && objectMisfit(value, type.name, selectionSet, { ...scope, isConditional: false })
  }
  return SCALARS[type.name]?.(value) === false ? scope.path : undefined
}

function applies(
  condition: string | undefined,
  typeName: string | undefined,
  schema: GraphQLSchema,
): boolean {
  if (condition === undefined || condition === typeName) return true
  const [abstract, concrete] = [condition, typeName].map((name) => name && schema.getType(name))
  return isAbstractType(abstract) && isObjectType(concrete) && schema.isSubType(abstract, concrete)
}

function within(scope: Scope, { directives }: SelectionNode, key?: string): Scope {
  return {
    ...scope,
    path: key === undefined ? scope.path : [...scope.path, key],
    isConditional: scope.isConditional || (directives?.length ?? 0) > 0,
  }
}

function firstOf<T>(
  items: readonly T[],
  misfit: (item: T, index: number) => Path | undefined,
): Path | undefined {
  for (const [index, item] of items.entries()) {
    const found = misfit(item, index)
    if (found) return found
  }
  return undefined
}

function typeNameOf(value: unknown): string | undefined {
  const name = isData(value) ? value['__typename'] : undefined
  return typeof name === 'string' ? name : undefined
}

function isData(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

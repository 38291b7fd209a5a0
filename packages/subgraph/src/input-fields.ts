import {
  coerceInputValue,
  getOperationAST,
  getVariableValues,
  isInputType,
  isNonNullType,
  Kind,
  OperationTypeNode,
  typeFromAST,
  visit,
} from 'graphql'
import type {
  ArgumentNode,
  ASTNode,
  DocumentNode,
  GraphQLInputType,
  GraphQLSchema,
  ObjectFieldNode,
  OperationDefinitionNode,
  ValueNode,
  VariableDefinitionNode,
} from 'graphql'

type Path = readonly (string | number)[]

/** An operation and what its variables were given as. */
export interface GivenVariables {
  readonly schema: GraphQLSchema
  readonly document: DocumentNode
  readonly operationName?: string | null | undefined
  readonly variables: Readonly<Record<string, unknown>>
}

/**
 * `extensions.field` of a value that is not acceptable: the argument and what is within it, joined by dots
 * (`filter.createdAfter`, `captions.0.fileId`). Of a mutation it is within `input`, as the `field` of user errors is.
 */
function fieldOf(path: Path, operation: OperationTypeNode | undefined): string | undefined {
  const within = operation === OperationTypeNode.MUTATION && path[0] === 'input' ? path.slice(1) : path
  return within.length === 0 ? undefined : within.join('.')
}

/** The field that a value in a document was written for; undefined for what is no argument's. */
export function fieldOfNode(document: DocumentNode, node: ASTNode): string | undefined {
  let field: string | undefined
  walkArguments(document, (value, path, operation) => {
    if (value === node) field ??= fieldOf(path, operation)
  })
  return field
}

/**
 * The fields that refused variables were for, by the messages of the errors that `getVariableValues` of graphql-js has
 * for them. Those errors name the place in their words only.
 */
export function fieldsOfVariables(given: GivenVariables): ReadonlyMap<string, string> {
  const { schema, document, variables } = given
  const operation = getOperationAST(document, given.operationName)
  const definitions = operation?.variableDefinitions ?? []
  const { errors } = getVariableValues(schema, definitions, variables)
  if (!operation || !errors) return new Map()
  // One place for each error, in the same order.
  const places = definitions.flatMap((definition) => placesIn(schema, definition, variables))
  return new Map(
    errors.flatMap(({ message }, index): [string, string][] => {
      const place = places[index]
      const field = place && fieldOfPlace(place, document, operation)
      return field === undefined ? [] : [[message, field]]
    }),
  )
}

/** What is wrong with a variable, and where in it. */
interface Place {
  readonly variable: string
  readonly path: Path
}

function placesIn(
  schema: GraphQLSchema,
  definition: VariableDefinitionNode,
  variables: GivenVariables['variables'],
): Place[] {
  const variable = definition.variable.name.value
  const type = typeFromAST(schema, definition.type)
  if (!isInputType(type)) return [{ variable, path: [] }]
  const value = variables[variable]
  if (!Object.hasOwn(variables, variable))
    return definition.defaultValue === undefined && isNonNullType(type) ? [{ variable, path: [] }] : []
  if (value === null && isNonNullType(type)) return [{ variable, path: [] }]
  return pathsIn(value, type).map((path) => ({ variable, path }))
}

function pathsIn(value: unknown, type: GraphQLInputType): Path[] {
  const paths: Path[] = []
  coerceInputValue(value, type, (path, _value, { message }) => {
    // What is missing or unknown is told of the object that it is missing in.
    const [, named] = /^Field "(\w+)" (?:of required type|is not defined)/.exec(message) ?? []
    paths.push(named === undefined ? path : [...path, named])
  })
  return paths
}

function fieldOfPlace(
  { variable, path }: Place,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): string | undefined {
  const fragments = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION)
  let field: string | undefined
  walkArguments({ ...document, definitions: [operation, ...fragments] }, (value, place) => {
    if (value.kind === Kind.VARIABLE && value.name.value === variable)
      field ??= fieldOf([...place, ...path], operation.operation)
  })
  return field
}

type See = (node: ASTNode, path: Path, operation: OperationTypeNode | undefined) => void

/** Every value within the arguments of fields, with its path: those of directives say how to answer, not for what. */
function walkArguments(document: DocumentNode, see: See): void {
  let operation: OperationTypeNode | undefined
  visit(document, {
    OperationDefinition(node) {
      operation = node.operation
    },
    // Of which operation it is a part is not known.
    FragmentDefinition() {
      operation = undefined
    },
    Directive: () => false,
    Argument: (node) => walkValue(node, [node.name.value], (value, path) => see(value, path, operation)),
  })
}

function walkValue(
  node: ArgumentNode | ObjectFieldNode | ValueNode,
  path: Path,
  see: (node: ASTNode, path: Path) => void,
): void {
  see(node, path)
  if (node.kind === Kind.ARGUMENT || node.kind === Kind.OBJECT_FIELD) walkValue(node.value, path, see)
  if (node.kind === Kind.OBJECT) {
    for (const field of node.fields) walkValue(field, [...path, field.name.value], see)
  }
  if (node.kind === Kind.LIST) {
    for (const [index, value] of node.values.entries()) walkValue(value, [...path, index], see)
  }
}

import { isEnumType, isInputObjectType, isInterfaceType, isObjectType } from 'graphql'
import type { GraphQLSchema } from 'graphql'

/**
 * How many items the lists of introspection have in a schema, on average, by `Type.field`. A type that may be wrapped
 * (`ofType`) is one in every second case: whoever asks for ten levels of wrapping, as explorers do, gets few.
 */
export function introspectionSizes(schema: GraphQLSchema): ReadonlyMap<string, number> {
  const types = Object.values(schema.getTypeMap())
  const withFields = types.filter((type) => isObjectType(type) || isInterfaceType(type))
  const fields = withFields.flatMap((type) => Object.values(type.getFields()))
  const directives = schema.getDirectives()
  return new Map([
    ['__Schema.types', types.length],
    ['__Schema.directives', directives.length],
    ['__Type.fields', average(withFields.map((type) => Object.keys(type.getFields()).length))],
    [
      '__Type.inputFields',
      average(types.filter(isInputObjectType).map((type) => Object.keys(type.getFields()).length)),
    ],
    ['__Type.enumValues', average(types.filter(isEnumType).map((type) => type.getValues().length))],
    ['__Type.ofType', 0.5],
    ['__Field.args', average(fields.map(({ args }) => args.length))],
    ['__Directive.args', average(directives.map(({ args }) => args.length))],
  ])
}

function average(counts: readonly number[]): number {
  return counts.length === 0 ? 0 : counts.reduce((sum, count) => sum + count, 0) / counts.length
}

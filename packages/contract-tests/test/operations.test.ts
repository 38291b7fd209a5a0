import { Supergraph } from '@apollo/federation-internals'
import { type GraphQLSchema, isEnumType, isInputObjectType, Kind, print, validate } from 'graphql'
import { describe, expect, test } from 'vitest'
import { inputTypes, operation, operations, supergraphSdl } from './contract.ts'

const schema: GraphQLSchema = Supergraph.build(supergraphSdl).apiSchema().toGraphQLJSSchema()

/** Operations that a later issue builds. Once the schema has one, its name comes off this list. */
const NOT_BUILT_YET = [
  'CreateStorageConnection',
  'UpdateStorageConnection',
  'StorageConnectionCompanies',
  'CreateStorageFolder',
  'CompanyAnalytics',
  'ProjectAnalytics',
  'ContentAnalytics',
]

const built = [...operations.keys()].filter((name) => !NOT_BUILT_YET.includes(name))

describe("the clients' operations", () => {
  test('are all there: 58 of the admin, 4 of the viewer', () => {
    expect(operations.size).toBe(62)
  })

  test.each(built)('%s is valid', (name) => {
    expect(validate(schema, operation(name)).map(({ message }) => message)).toEqual([])
  })

  test.each(NOT_BUILT_YET)('%s is not built yet', (name) => {
    expect(validate(schema, operation(name))).not.toEqual([])
  })
})

describe("the clients' inputs and enums", () => {
  const existing = inputTypes.filter(({ name }) => schema.getType(name.value))

  test('are there for what is built', () => {
    expect(existing.map(({ name }) => name.value)).toEqual(
      expect.arrayContaining([
        'CreateCompanyInput',
        'CreateProjectInput',
        'UploadKind',
        'StartViewSessionInput',
      ]),
    )
  })

  test.each(existing.map((definition) => [definition.name.value, definition] as const))(
    '%s has every name that the clients use',
    (name, definition) => {
      const type = schema.getType(name)
      if (definition.kind === Kind.ENUM_TYPE_DEFINITION) {
        const values = isEnumType(type) ? type.getValues().map((value) => value.name) : []
        expect(values).toEqual(
          expect.arrayContaining((definition.values ?? []).map((value) => value.name.value)),
        )
        return
      }
      const fields = isInputObjectType(type) ? Object.values(type.getFields()) : []
      const shown = fields.map((field) => `${field.name}: ${String(field.type)}`)
      const wanted = (definition.fields ?? []).map((field) => `${field.name.value}: ${print(field.type)}`)
      expect(shown).toEqual(expect.arrayContaining(wanted))
    },
  )
})

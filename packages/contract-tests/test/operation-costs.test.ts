import { Supergraph } from '@apollo/federation-internals'
import { DEFAULT_COSTS, DEFAULT_LIMITS } from '@arv/gateway/limits'
import { createCostModel, createOperationCheck } from '@arv/operation-limits'
import { getIntrospectionQuery, parse, print } from 'graphql'
import { describe, expect, test } from 'vitest'
import { operation, operations, supergraphSdl } from './contract.ts'

const check = createOperationCheck({
  costs: createCostModel({
    schema: Supergraph.build(supergraphSdl).apiSchema().toGraphQLJSSchema(),
    sdl: parse(supergraphSdl),
    defaults: DEFAULT_COSTS,
  }),
  limits: DEFAULT_LIMITS,
})

/** The largest pages that there are. */
const variables = { first: 100 }

/** What some of the clients' operations may cost with them. A video list counts as 20, and so does each list in it. */
const COSTS = [
  ['SignIn', 99],
  ['RefreshSession', 59],
  ['Me', 125],
  ['CompanyAccess', 321],
  ['CreateCompany', 116],
  ['Company', 26],
  ['Companies', 2816],
  ['CreateProject', 90],
  ['CompanyProjects', 4117],
  ['StorageConnections', 1606],
  ['StorageFolders', 1207],
  ['UploadAsset', 160],
  ['DeleteAsset', 51],
  ['CreateArContent', 966],
  ['PublishArContent', 54],
  ['RegenerateMarker', 244],
  ['ArContent', 732],
  ['ProjectContents', 72_817],
  ['CompanyContents', 73_117],
  ['AddVideo', 81],
  ['ActivateVideo', 117],
  ['MarkerStatusChanged', 39],
  ['RotationChanged', 20],
  ['ViewerContent', 39],
  ['ViewerContentChanged', 43],
  ['StartViewSession', 51],
  ['ReportViewSession', 51],
] as const

describe("the clients' operations", () => {
  test.each([...operations.keys()])('%s is within the limits, with pages of 100', (name) => {
    expect(check({ query: print(operation(name)), variables }).kind).toBe('fine')
  })

  test.each(COSTS)('%s may cost %i', (name, cost) => {
    expect(check({ query: print(operation(name)), variables })).toMatchObject({ kind: 'fine', cost })
  })

  test('and so is what explorers ask to know the schema', () => {
    expect(check({ query: getIntrospectionQuery({ inputValueDeprecation: true }) }).kind).toBe('fine')
  })
})

/** A page of projects in their company in a page of projects. */
function nested(times: number): string {
  const open = ' projects { edges { node { company {'
  return `{ companies { edges { node {${open.repeat(times)} id ${'} } } }'.repeat(times)} } } } }`
}

describe('a query that goes round and round', () => {
  test('is refused for what its pages multiply to', () => {
    expect(check({ query: nested(3) })).toMatchObject({
      kind: 'tooMuch',
      problem: { code: 'COST_LIMIT_EXCEEDED' },
    })
  })

  test('is refused in introspection, too', () => {
    const types = 'types { fields { type { fields { type { name } args { name } } } } }'
    const query = `{ ${['a', 'b', 'c', 'd', 'e'].map((alias) => `${alias}: __schema { ${types} }`).join(' ')} }`
    expect(check({ query })).toMatchObject({ kind: 'tooMuch', problem: { code: 'COST_LIMIT_EXCEEDED' } })
  })

  test('is refused for its depth', () => {
    expect(check({ query: nested(12) })).toMatchObject({
      kind: 'tooMuch',
      problem: { code: 'OPERATION_TOO_DEEP' },
    })
  })
})

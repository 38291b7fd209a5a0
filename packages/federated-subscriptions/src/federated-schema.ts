import { createHash } from 'node:crypto'
import type { Schema } from '@apollo/federation-internals'
import { Supergraph } from '@apollo/federation-internals'
import { QueryPlanner } from '@apollo/query-planner'
import type { GraphQLSchema } from 'graphql'

/** Everything that planning and execution derive from one supergraph. */
export interface FederatedSchema {
  readonly planner: QueryPlanner
  /** What clients see, as the planner knows it and as graphql-js does. */
  readonly apiSchema: Schema
  readonly clientSchema: GraphQLSchema
  /** With the parts that clients don't see, which representations may need. */
  readonly supergraphSchema: GraphQLSchema
  readonly hash: string
}

/** @throws when the SDL is no supergraph that this version of Federation understands. */
export function buildFederatedSchema(supergraphSdl: string): FederatedSchema {
  const supergraph = Supergraph.build(supergraphSdl)
  const apiSchema = supergraph.apiSchema()
  return {
    // Services in the same process execute the document as it is, without printing and parsing it again.
    planner: new QueryPlanner(supergraph, { exposeDocumentNodeInFetchNode: true }),
    apiSchema,
    clientSchema: apiSchema.toGraphQLJSSchema(),
    supergraphSchema: supergraph.schema.toGraphQLJSSchema(),
    hash: createHash('sha256').update(supergraphSdl).digest('hex'),
  }
}

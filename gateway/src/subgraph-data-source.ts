import type { GraphQLDataSource } from '@apollo/gateway'
import { serviceUnavailable } from '@arv/subgraph'
import type { SubgraphClient } from '@arv/subgraph'
import { parse } from 'graphql'
import type { DocumentNode, ExecutionResult } from 'graphql'
import { LRUCache } from 'lru-cache'
import type { Logger } from 'pino'
import { distinctRepresentations, expandEntities } from './representations.ts'
import { isRequestContext } from './request-context.ts'
import { placeErrors } from './unplaced-errors.ts'

interface Deps {
  readonly client: SubgraphClient
  readonly logger: Logger
}

/**
 * How the Apollo gateway reaches a subgraph. The planned document is passed on as it is (nothing is parsed or
 * printed again), equal representations are asked for once, and a failure is an error of the fields it concerns.
 */
export function createSubgraphDataSource({ client, logger }: Deps): GraphQLDataSource {
  const documents = new LRUCache<string, DocumentNode>({ max: 1000 })
  const documentOf = (query: string): DocumentNode => {
    const known = documents.get(query)
    if (known) return known
    const document = parse(query, { noLocation: true })
    documents.set(query, document)
    return document
  }
  return {
    async process({ request, context, ...options }) {
      if (!isRequestContext(context)) throw new Error('A subgraph is called only on behalf of a caller.')
      const query = request.query ?? ''
      const document = ('document' in options ? options.document : undefined) ?? documentOf(query)
      const variables: Readonly<Record<string, unknown>> = request.variables ?? {}
      const { representations } = variables
      const repeated = distinctRepresentations(representations)
      let result: ExecutionResult
      try {
        result = await client.execute({
          document,
          query,
          variables: repeated ? { ...variables, representations: repeated.distinct } : variables,
          operationName: request.operationName,
          caller: context.caller,
        })
      } catch (error) {
        logger.error(
          { err: error, subgraph: client.name, requestId: context.caller.requestId },
          'subgraph call failed',
        )
        result = { errors: [serviceUnavailable()] }
      }
      const { data, errors } = placeErrors(
        repeated ? expandEntities(result, repeated.places) : result,
        document,
        representations,
      )
      return {
        ...(data !== undefined && { data }),
        ...(errors && { errors: errors.map((error) => error.toJSON()) }),
      }
    },
  }
}

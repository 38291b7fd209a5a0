import type { GraphQLDataSource } from '@apollo/gateway'
import { isMutation, serviceUnavailable } from '@arv/subgraph'
import type { SubgraphClient } from '@arv/subgraph'
import { parse } from 'graphql'
import type { DocumentNode, ExecutionResult, GraphQLSchema } from 'graphql'
import { LRUCache } from 'lru-cache'
import type { Logger } from 'pino'
import { misfitOf } from './answer-shape.ts'
import type { ReadBudget } from './read-budget.ts'
import { distinctRepresentations, expandEntities } from './representations.ts'
import { isRequestContext } from './request-context.ts'
import type { RequestContext } from './request-context.ts'
import { placeErrors } from './unplaced-errors.ts'

interface Deps {
  readonly client: SubgraphClient
  /** Shared by the data sources of one gateway. */
  readonly budget: ReadBudget
  /** What the answers of a subgraph in another process must fit; null before it is loaded. */
  readonly schema: () => GraphQLSchema | null
  readonly logger: Logger
}

/** One planned fetch. */
interface Fetch {
  readonly document: DocumentNode
  readonly query: string
  readonly operationName: string | undefined
  readonly variables: Readonly<Record<string, unknown>>
  readonly context: RequestContext
}

/**
 * How the Apollo gateway reaches a subgraph. The planned document is passed on as it is (nothing is parsed or
 * printed again), equal representations are asked for once, and a failure is an error of the fields it concerns.
 */
export function createSubgraphDataSource({ client, budget, schema, logger }: Deps): GraphQLDataSource {
  const documents = new LRUCache<string, DocumentNode>({ max: 1000 })
  const documentOf = (query: string): DocumentNode => {
    const known = documents.get(query)
    if (known) return known
    const document = parse(query, { noLocation: true })
    documents.set(query, document)
    return document
  }

  async function execute({ context, ...fetch }: Fetch): Promise<ExecutionResult> {
    const { caller } = context
    const changes = isMutation(fetch)
    try {
      const request = { ...fetch, caller }
      const result = await client.execute(changes ? request : { ...request, withinMs: budget.left(context) })
      if (changes) budget.renew(context)
      return client.isRemote ? checked(result, fetch, caller.requestId, changes) : result
    } catch (error) {
      logger.error({ err: error, subgraph: client.name, requestId: caller.requestId }, 'subgraph call failed')
      return { errors: [serviceUnavailable(changes ? 'UNKNOWN' : undefined)] }
    }
  }

  /** The same result, unless it is none of the schema's: then as if there had been no answer. */
  function checked(
    result: ExecutionResult,
    { document, variables }: Pick<Fetch, 'document' | 'variables'>,
    requestId: string,
    changes: boolean,
  ): ExecutionResult {
    const known = schema()
    if (!known || (!result.data && result.errors)) return result
    const misfit = misfitOf(result.data, document, known, variables['representations'])
    if (!misfit) return result
    logger.error({ subgraph: client.name, requestId, path: misfit }, 'a subgraph’s answer fits no schema')
    return { errors: [serviceUnavailable(changes ? 'UNKNOWN' : undefined)] }
  }

  return {
    async process({ request, context, ...options }) {
      if (!isRequestContext(context)) throw new Error('A subgraph is called only on behalf of a caller.')
      const query = request.query ?? ''
      const document = ('document' in options ? options.document : undefined) ?? documentOf(query)
      const variables: Readonly<Record<string, unknown>> = request.variables ?? {}
      const { representations } = variables
      const repeated = distinctRepresentations(representations)
      const result = await execute({
        document,
        query,
        operationName: request.operationName,
        variables: repeated ? { ...variables, representations: repeated.distinct } : variables,
        context,
      })
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

import type { Caller } from '@arv/identity'
import type { JobHandlers, JobName } from '@arv/jobs'
import type { FastifyInstance } from 'fastify'
import type { DocumentNode, ExecutionResult, GraphQLSchema } from 'graphql'

export const SUBGRAPH_NAMES = ['tenancy', 'content', 'media', 'analytics'] as const

export type SubgraphName = (typeof SUBGRAPH_NAMES)[number]

/**
 * An internal command: a call whose outcome the caller must know (design.md, "Who owns what").
 * Handlers are idempotent; `input` is what the caller sent and is validated by the handler.
 */
export type CommandHandler = (input: unknown, caller: Caller) => Promise<unknown>

/**
 * One subgraph as a library: what both shapes and the tests start. It does not know whether it is called
 * in-process or over HTTP.
 */
export interface Subgraph {
  readonly name: SubgraphName
  readonly schema: GraphQLSchema
  /** Makes the resolvers' context for one operation: loaders live exactly as long as it does. */
  createContext(caller: Caller): object
  readonly commands: Readonly<Record<string, CommandHandler>>
  /** What its workers do, queue by queue; run by the processes that are told to work. */
  readonly jobs: JobHandlers
  /** Jobs that recur: queue → five-field cron in UTC. */
  readonly cron?: Partial<Record<JobName, string>>
  /** Work that no queue drives (content's clock); started beside the job workers, answers how to stop it. */
  startBackground?(): () => Promise<void>
  /** Plain HTTP routes (media's files); mounted on the gateway in one process, behind its proxy in many. */
  routes?(app: FastifyInstance): void
  /** Rejects with the reason while the subgraph can't serve. */
  ready(): Promise<void>
  close(): Promise<void>
}

export interface SubgraphRequest {
  readonly document: DocumentNode
  /** The printed document, for a client that sends it over a wire. */
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
  readonly operationName?: string | undefined
  readonly caller: Caller
  /** How long a query may take at most, when the client's own deadline is later. */
  readonly withinMs?: number
}

/** How gateway and subgraphs reach a subgraph, whichever shape it runs in. */
export interface SubgraphClient {
  readonly name: SubgraphName
  /** Whether its answers come from another process, which may say anything; else they fit the schema. */
  readonly isRemote: boolean
  execute(request: SubgraphRequest): Promise<ExecutionResult>
  /** The stream of events; a result without one when the subgraph refuses the subscription. */
  subscribe(request: SubgraphRequest): Promise<AsyncIterableIterator<ExecutionResult> | ExecutionResult>
  command(name: string, input: unknown, caller: Caller): Promise<unknown>
}

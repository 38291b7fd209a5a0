import { GraphQLError } from 'graphql'
import type { ExecutionResult } from 'graphql'
import type { Logger } from 'pino'
import { CALL_DEADLINES, MOST_CALLS, MOST_UPLOADS } from './call-deadlines.ts'
import type { CallDeadlines } from './call-deadlines.ts'
import { CallRefusedError, createCallGate } from './call-gate.ts'
import { createDocumentCache } from './documents.ts'
import { serviceUnavailable } from './errors.ts'
import { inTime } from './in-time.ts'
import { splitUploads } from './multipart-body.ts'
import { isMutation } from './operation-kind.ts'
import { runCommand } from './run-command.ts'
import { openSubscription, runOperation } from './run-operation.ts'
import type { Subgraph, SubgraphClient, SubgraphRequest } from './subgraph.ts'

interface InProcessClientOptions {
  readonly logger: Logger
  /** What takes longer goes on, but its answer is not waited for. */
  readonly deadlines?: Partial<CallDeadlines>
}

/** Reaches a subgraph of the same process: the document is executed as it is, with no text and no HTTP between. */
export function createInProcessClient(subgraph: Subgraph, options: InProcessClientOptions): SubgraphClient {
  const { logger } = options
  const { queryMs, commitMs } = { ...CALL_DEADLINES, ...options.deadlines }
  const documents = createDocumentCache(subgraph.schema)
  const calls = createCallGate(MOST_CALLS, (error) => !(error instanceof GraphQLError))
  const uploads = createCallGate(MOST_UPLOADS, () => false)
  const late = () => new Error('It did not answer in time.')

  function run(request: SubgraphRequest): Promise<ExecutionResult> {
    if (!isMutation(request)) {
      const withinMs = Math.min(queryMs, request.withinMs ?? Infinity)
      return calls.run(() => inTime(runOperation(subgraph, request, logger), withinMs, late))
    }
    const { size } = splitUploads(request.variables).uploads
    // An upload lasts as long as its client takes, who has a deadline of its own.
    if (size > 0) return uploads.run(() => runOperation(subgraph, request, logger))
    return calls.run(() => runOperation(subgraph, { ...request, commitWithinMs: commitMs }, logger))
  }

  function unavailable(error: unknown, { caller, ...operation }: SubgraphRequest): ExecutionResult {
    logger.warn({ err: error, subgraph: subgraph.name, requestId: caller.requestId }, 'A call failed')
    return { errors: [serviceUnavailable(isMutation(operation) ? 'NOT_DONE' : undefined)] }
  }

  return {
    name: subgraph.name,
    isRemote: false,
    async execute(request) {
      const checked = documents.check(request.document)
      if (checked.kind !== 'ok') return { errors: checked.errors }
      return run(request).catch((error: unknown) => unavailable(error, request))
    },
    async subscribe(request) {
      const checked = documents.check(request.document)
      if (checked.kind !== 'ok') return { errors: checked.errors }
      const open = () => inTime(openSubscription(subgraph, request, logger), queryMs, late)
      return calls.run(open).catch((error: unknown) => unavailable(error, request))
    },
    async command(name, input, caller) {
      const running = () =>
        inTime(runCommand(subgraph, name, input, caller, logger), queryMs, serviceUnavailable)
      const outcome = await calls.run(running).catch((error: unknown) => {
        throw error instanceof CallRefusedError ? serviceUnavailable() : error
      })
      switch (outcome.kind) {
        case 'done':
          return outcome.output
        case 'failed':
          throw outcome.error
        case 'unknown':
          throw new Error(`${subgraph.name} has no command "${name}".`)
      }
    },
  }
}

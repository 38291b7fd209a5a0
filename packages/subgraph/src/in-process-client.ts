import type { Logger } from 'pino'
import { serviceUnavailable } from './errors.ts'
import { createDocumentCache } from './documents.ts'
import { inTime } from './in-time.ts'
import { runCommand } from './run-command.ts'
import { openSubscription, runOperation } from './run-operation.ts'
import type { Subgraph, SubgraphClient } from './subgraph.ts'

const COMMAND_DEADLINE_MS = 5000

interface InProcessClientOptions {
  readonly logger: Logger
  /** How long a command may take; its handler goes on, for it is idempotent. 5 s unless given. */
  readonly commandDeadlineMs?: number
}

/** Reaches a subgraph of the same process: the document is executed as it is, with no text and no HTTP between. */
export function createInProcessClient(subgraph: Subgraph, options: InProcessClientOptions): SubgraphClient {
  const { logger, commandDeadlineMs = COMMAND_DEADLINE_MS } = options
  const documents = createDocumentCache(subgraph.schema)
  return {
    name: subgraph.name,
    async execute(request) {
      const checked = documents.check(request.document)
      return checked.kind === 'ok' ? runOperation(subgraph, request, logger) : { errors: checked.errors }
    },
    async subscribe(request) {
      const checked = documents.check(request.document)
      return checked.kind === 'ok' ? openSubscription(subgraph, request, logger) : { errors: checked.errors }
    },
    async command(name, input, caller) {
      const running = runCommand(subgraph, name, input, caller, logger)
      const outcome = await inTime(running, commandDeadlineMs, serviceUnavailable)
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

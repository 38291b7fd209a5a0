import { trackChanges } from '@arv/database/changes'
import type { Caller } from '@arv/identity'
import {
  createSourceEventStream,
  execute,
  getOperationAST,
  Kind,
  locatedError,
  OperationTypeNode,
} from 'graphql'
import type { DocumentNode, ExecutionResult, GraphQLError } from 'graphql'
import type { Logger } from 'pino'
import { badUserInput, maskError, serviceUnavailable, withOutcome } from './errors.ts'
import { inTime } from './in-time.ts'
import { fieldsOfVariables } from './input-fields.ts'
import type { Subgraph } from './subgraph.ts'

/** As long as the database waits for the answer to a commit; then nobody knows. */
const COMMIT_ANSWER_MS = 2100

/** A checked operation of one caller. */
export interface Operation {
  readonly document: DocumentNode
  readonly variables: Readonly<Record<string, unknown>>
  readonly operationName?: string | undefined
  readonly caller: Caller
  /** Of a mutation: after so many milliseconds from now nothing is committed any more, for the caller was told so. */
  readonly commitWithinMs?: number | undefined
}

/** The stream of a subscription; each of its results is a GraphQL result, and it never throws. */
export type ResultStream = AsyncIterableIterator<ExecutionResult>

/** Runs a query or mutation with a context of its own. Always a GraphQL result, its errors masked. */
export async function runOperation(
  subgraph: Subgraph,
  operation: Operation,
  logger: Logger,
): Promise<ExecutionResult> {
  const operationNode = getOperationAST(operation.document, operation.operationName)
  if (operationNode?.operation === OperationTypeNode.SUBSCRIPTION) {
    return { errors: [badUserInput('A subscription needs a WebSocket.')] }
  }
  if (operationNode?.operation !== OperationTypeNode.MUTATION)
    return runOnce(subgraph, operation, undefined, logger)
  return runMutation(subgraph, operation, logger)
}

/** Says of what failed whether it can have been done, also of what goes on after its time: it can't commit any more. */
async function runMutation(
  subgraph: Subgraph,
  operation: Operation,
  logger: Logger,
): Promise<ExecutionResult> {
  const { commitWithinMs, caller } = operation
  const changes = trackChanges(commitWithinMs)
  const running = changes.during(() => runOnce(subgraph, operation, undefined, logger))
  if (commitWithinMs === undefined) return withOutcome(await running, changes.outcome)
  try {
    const result = await inTime(running, commitWithinMs + COMMIT_ANSWER_MS, serviceUnavailable)
    return withOutcome(result, changes.outcome)
  } catch (error) {
    logger.warn({ requestId: caller.requestId }, 'A mutation took too long')
    return withOutcome({ errors: [maskError(error, logger, caller.requestId)] }, changes.outcome)
  }
}

/** Opens a subscription. Each event is resolved with a context of its own, so that no loader serves yesterday's rows. */
export async function openSubscription(
  subgraph: Subgraph,
  operation: Operation,
  logger: Logger,
): Promise<ResultStream | ExecutionResult> {
  try {
    const source = await createSourceEventStream(argsFor(subgraph, operation, undefined))
    if (!(Symbol.asyncIterator in source)) return maskResult(source, subgraph, operation, logger)
    return resultsOf(
      source,
      (event) => runOnce(subgraph, operation, event, logger),
      (error) => ({
        errors: [maskError(placed(error, operation), logger, operation.caller.requestId)],
      }),
    )
  } catch (error) {
    return { errors: [maskError(error, logger, operation.caller.requestId)] }
  }
}

async function runOnce(
  subgraph: Subgraph,
  operation: Operation,
  rootValue: unknown,
  logger: Logger,
): Promise<ExecutionResult> {
  try {
    return maskResult(await execute(argsFor(subgraph, operation, rootValue)), subgraph, operation, logger)
  } catch (error) {
    return { errors: [maskError(error, logger, operation.caller.requestId)] }
  }
}

function argsFor(subgraph: Subgraph, operation: Operation, rootValue: unknown) {
  return {
    schema: subgraph.schema,
    document: operation.document,
    rootValue,
    contextValue: subgraph.createContext(operation.caller),
    variableValues: operation.variables,
    operationName: operation.operationName,
  }
}

function maskResult(
  result: ExecutionResult,
  { schema }: Subgraph,
  operation: Operation,
  logger: Logger,
): ExecutionResult {
  if (result.errors === undefined) return result
  // Before anything ran, the request itself was at fault: a variable of the wrong shape, an unknown operation name.
  const isRefused = (error: GraphQLError) => result.data === undefined && error.path === undefined
  const fields = result.errors.some(isRefused) ? fieldsOfVariables({ ...operation, schema }) : null
  const errors = result.errors.map((error) =>
    isRefused(error)
      ? badRequest(error, fields?.get(error.message))
      : maskError(error, logger, operation.caller.requestId),
  )
  return { ...result, errors }
}

/** What ends a stream is an error of the one field that is subscribed to; thrown by its events, it has no place yet. */
function placed(error: unknown, { document, operationName }: Operation): unknown {
  const field = getOperationAST(document, operationName)?.selectionSet.selections[0]
  if (field?.kind !== Kind.FIELD) return error
  return locatedError(error, field, [field.alias?.value ?? field.name.value])
}

function badRequest({ message }: GraphQLError, field: string | undefined): GraphQLError {
  return badUserInput(message, field === undefined ? {} : { field })
}

/**
 * Maps a source of events to results. Written by hand because an async generator would make `return()` wait for the
 * next event, which may never come.
 */
function resultsOf(
  source: AsyncIterable<unknown>,
  resolve: (event: unknown) => Promise<ExecutionResult>,
  failed: (error: unknown) => ExecutionResult,
): ResultStream {
  const events = source[Symbol.asyncIterator]()
  let done = false
  return {
    async next() {
      if (done) return { done: true, value: undefined }
      try {
        const event = await events.next()
        if (event.done !== true) return { done: false, value: await resolve(event.value) }
        done = true
        return { done: true, value: undefined }
      } catch (error) {
        done = true
        return { done: false, value: failed(error) }
      }
    },
    async return() {
      done = true
      await events.return?.()
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

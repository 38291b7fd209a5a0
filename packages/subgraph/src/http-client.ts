import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { ChangesOutcome } from '@arv/database/changes'
import { subgraphAudience } from '@arv/identity'
import type { Caller, InternalTokenSigner } from '@arv/identity'
import { GraphQLError } from 'graphql'
import type { ExecutionResult } from 'graphql'
import type { Logger } from 'pino'
import { z } from 'zod'
import { CALL_DEADLINES, MOST_CALLS, MOST_UPLOADS } from './call-deadlines.ts'
import type { CallDeadlines } from './call-deadlines.ts'
import { createCallGate } from './call-gate.ts'
import { fixedDeadline, idleDeadline } from './deadline.ts'
import type { Deadline } from './deadline.ts'
import { serviceUnavailable } from './errors.ts'
import { exchange, isConnectionError } from './http-exchange.ts'
import type { Answer } from './http-exchange.ts'
import { commitWithinHeader, internalHeaders } from './internal-headers.ts'
import { multipartBody, splitUploads } from './multipart-body.ts'
import { isMutation } from './operation-kind.ts'
import { openSocketSubscription } from './socket-subscription.ts'
import type { SubgraphClient, SubgraphName, SubgraphRequest } from './subgraph.ts'
import { readWireErrors, readWireResult } from './wire-result.ts'

const COMMAND_NAME = /^\w+$/
const commandAnswerSchema = z.object({ data: z.unknown().optional(), errors: z.unknown().optional() })

export interface HttpClientOptions {
  readonly name: SubgraphName
  /** Where its host listens, e.g. `http://media:4003`. */
  readonly url: string
  readonly tokens: InternalTokenSigner
  readonly logger: Logger
  readonly deadlines?: Partial<CallDeadlines>
}

export interface HttpSubgraphClient extends SubgraphClient {
  /** Closes idle connections. */
  close(): void
}

/** What is sent: a body that is known, or one that is made while it is sent. */
interface Message {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: Parameters<typeof exchange>[0]['body']
  readonly caller: Caller
}

/**
 * Reaches a subgraph through its host. A subgraph that is down, slow or talks nonsense is a result with
 * SERVICE_UNAVAILABLE; what it said goes to the log only. Queries and commands are tried twice when the connection fails.
 * Mutations never are: their error says whether they can have been done (docs/decisions/012).
 */
export function createHttpClient(options: HttpClientOptions): HttpSubgraphClient {
  const { name, tokens } = options
  const deadlines = { ...CALL_DEADLINES, ...options.deadlines }
  const logger = options.logger.child({ subgraph: name })
  const graphqlUrl = new URL('/graphql', options.url)
  const agent =
    graphqlUrl.protocol === 'https:'
      ? new HttpsAgent({ keepAlive: true })
      : new HttpAgent({ keepAlive: true })
  const calls = createCallGate(MOST_CALLS)
  // What a client did wrong in sending a file says nothing about the subgraph.
  const uploads = createCallGate(MOST_UPLOADS, (error) => !(error instanceof GraphQLError))
  const headersFor = async (caller: Caller) =>
    internalHeaders(await tokens.sign(subgraphAudience(name), caller), caller)

  async function send(message: Message, deadline: Deadline, onReached?: () => void): Promise<Answer> {
    const { url, body, caller } = message
    try {
      const headers = { ...(await headersFor(caller)), ...message.headers }
      const call = { url, agent, headers, body, deadline }
      return await exchange(onReached ? { ...call, onReached } : call)
    } finally {
      deadline.clear()
    }
  }

  /** For what may be done twice. */
  function ask(url: URL, content: unknown, caller: Caller, withinMs = Infinity): Promise<Answer> {
    const message = { url, caller, ...jsonBody(content) }
    const until = performance.now() + Math.min(deadlines.queryMs, withinMs)
    const attempt = () => send(message, fixedDeadline(Math.max(until - performance.now(), 0)))
    return calls.run(() => twice(attempt))
  }

  function change(request: SubgraphRequest, onReached: () => void): Promise<Answer> {
    const { query, operationName, caller } = request
    const { commitMs, connectMs, answerMs, uploadIdleMs } = deadlines
    const split = splitUploads(request.variables)
    const content = { query, operationName, variables: split.variables }
    if (split.uploads.size > 0) {
      const { contentType, chunks } = multipartBody(content, split.uploads)
      const message = { url: graphqlUrl, caller, headers: { 'content-type': contentType }, body: chunks }
      return uploads.run(() => send(message, idleDeadline(uploadIdleMs), onReached))
    }
    const { headers, body } = jsonBody(content)
    const message = {
      url: graphqlUrl,
      caller,
      headers: { ...headers, ...commitWithinHeader(commitMs) },
      body,
    }
    return calls.run(() => {
      const deadline = fixedDeadline(connectMs)
      return send(message, deadline, () => {
        deadline.restart(commitMs + answerMs)
        onReached()
      })
    })
  }

  function unavailable(caller: Caller, reason: unknown, outcome?: ChangesOutcome): GraphQLError {
    // What the client did wrong in sending a file is said to it as it is.
    if (reason instanceof GraphQLError) return reason
    logger.warn({ err: reason, requestId: caller.requestId, outcome }, 'A subgraph did not answer')
    return serviceUnavailable(outcome)
  }

  async function runMutation(request: SubgraphRequest): Promise<ExecutionResult> {
    let outcome: ChangesOutcome = 'NOT_DONE'
    try {
      const answer = await change(request, () => (outcome = 'UNKNOWN'))
      // The host refused it as it came.
      if (answer.status >= 400 && answer.status < 500) outcome = 'NOT_DONE'
      return resultOf(answer)
    } catch (error) {
      return { errors: [unavailable(request.caller, error, outcome)] }
    }
  }

  async function runQuery(request: SubgraphRequest): Promise<ExecutionResult> {
    const { query, operationName, variables, caller, withinMs } = request
    try {
      return resultOf(await ask(graphqlUrl, { query, operationName, variables }, caller, withinMs))
    } catch (error) {
      return { errors: [unavailable(caller, error)] }
    }
  }

  return {
    name,
    isRemote: true,
    execute: (request) => (isMutation(request) ? runMutation(request) : runQuery(request)),
    async subscribe({ query, variables, operationName, caller }) {
      const headers = await headersFor(caller)
      const payload = {
        query,
        variables: { ...variables },
        ...(operationName === undefined ? {} : { operationName }),
      }
      const open = () =>
        openSocketSubscription({
          url: graphqlUrl,
          headers,
          payload,
          deadlineMs: deadlines.queryMs,
          logger,
        })
      return calls.run(open).catch((error: unknown) => ({ errors: [unavailable(caller, error)] }))
    },
    async command(command, input, caller) {
      if (!COMMAND_NAME.test(command)) throw new Error(`"${command}" can't be a command's name.`)
      const url = new URL(`/internal/${command}`, graphqlUrl)
      const answer = await ask(url, input ?? null, caller).catch((error: unknown) => {
        throw unavailable(caller, error)
      })
      if (answer.status === 404) throw new Error(`${name} has no command "${command}".`)
      const output = answer.status === 200 ? commandAnswerSchema.safeParse(answer.json) : null
      if (!output?.success)
        throw unavailable(caller, new Error(`It answered the command with ${answer.status}.`))
      const [error] = readWireErrors(output.data.errors) ?? []
      if (error) throw error
      return output.data.data ?? null
    },
    close: () => agent.destroy(),
  }
}

function jsonBody(content: unknown) {
  const body = JSON.stringify(content)
  return {
    body,
    headers: { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) },
  }
}

async function twice<T>(attempt: () => Promise<T>): Promise<T> {
  try {
    return await attempt()
  } catch (error) {
    if (!isConnectionError(error)) throw error
    return attempt()
  }
}

function resultOf({ status, json }: Answer): ExecutionResult {
  const result = status === 200 ? readWireResult(json) : null
  if (result === null) throw new Error(`It answered ${status} with what is no GraphQL result.`)
  return result
}

import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { subgraphAudience } from '@arv/identity'
import type { Caller, InternalTokenSigner } from '@arv/identity'
import { getOperationAST, GraphQLError, OperationTypeNode } from 'graphql'
import type { ExecutionResult } from 'graphql'
import type { Logger } from 'pino'
import { z } from 'zod'
import { fixedDeadline, idleDeadline } from './deadline.ts'
import { serviceUnavailable } from './errors.ts'
import { exchange, isConnectionError } from './http-exchange.ts'
import type { Answer } from './http-exchange.ts'
import { internalHeaders } from './internal-headers.ts'
import { multipartBody, splitUploads } from './multipart-body.ts'
import type { SplitVariables } from './multipart-body.ts'
import { openSocketSubscription } from './socket-subscription.ts'
import type { SubgraphClient, SubgraphName, SubgraphRequest } from './subgraph.ts'
import { readWireErrors, readWireResult } from './wire-result.ts'

const DEADLINE_MS = 5000
const UPLOAD_IDLE_MS = 120_000
const COMMAND_NAME = /^\w+$/
const commandAnswerSchema = z.object({ data: z.unknown().optional(), errors: z.unknown().optional() })

export interface HttpClientOptions {
  readonly name: SubgraphName
  /** Where its host listens, e.g. `http://media:4003`. */
  readonly url: string
  readonly tokens: InternalTokenSigner
  readonly logger: Logger
  /** How long a call may take as a whole; 5 s unless given. */
  readonly deadlineMs?: number
  /** How long an upload may stand still, the time in which the subgraph works on it included; 120 s unless given. */
  readonly uploadIdleMs?: number
}

export interface HttpSubgraphClient extends SubgraphClient {
  /** Closes idle connections. */
  close(): void
}

/**
 * Reaches a subgraph through its host. A subgraph that is down, slow or talks nonsense is a result with
 * SERVICE_UNAVAILABLE; what it said goes to the log only. Queries and commands are tried twice when the connection fails,
 * mutations once, for nobody knows whether the first was done.
 */
export function createHttpClient(options: HttpClientOptions): HttpSubgraphClient {
  const { name, tokens, deadlineMs = DEADLINE_MS, uploadIdleMs = UPLOAD_IDLE_MS } = options
  const logger = options.logger.child({ subgraph: name })
  const graphqlUrl = new URL('/graphql', options.url)
  const agent =
    graphqlUrl.protocol === 'https:'
      ? new HttpsAgent({ keepAlive: true })
      : new HttpAgent({ keepAlive: true })
  const headersFor = async (caller: Caller) =>
    internalHeaders(await tokens.sign(subgraphAudience(name), caller), caller)

  async function post(url: URL, content: unknown, caller: Caller, attempts: 1 | 2): Promise<Answer> {
    const body = JSON.stringify(content)
    const headers = {
      ...(await headersFor(caller)),
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
    }
    const deadline = fixedDeadline(deadlineMs)
    const attempt = () => exchange({ url, agent, headers, body, deadline })
    try {
      return await (attempts === 1 ? attempt() : twice(attempt))
    } finally {
      deadline.clear()
    }
  }

  async function upload(request: SubgraphRequest, { variables, uploads }: SplitVariables): Promise<Answer> {
    const { query, operationName, caller } = request
    const { contentType, chunks } = multipartBody({ query, operationName, variables }, uploads)
    const headers = { ...(await headersFor(caller)), 'content-type': contentType }
    const deadline = idleDeadline(uploadIdleMs)
    try {
      return await exchange({ url: graphqlUrl, agent, headers, body: chunks, deadline })
    } finally {
      deadline.clear()
    }
  }

  async function send(request: SubgraphRequest): Promise<Answer> {
    const { query, operationName, variables, caller } = request
    const content = { query, operationName, variables }
    const isMutation =
      getOperationAST(request.document, operationName)?.operation === OperationTypeNode.MUTATION
    if (!isMutation) return post(graphqlUrl, content, caller, 2)
    const split = splitUploads(variables)
    return split.uploads.size > 0 ? upload(request, split) : post(graphqlUrl, content, caller, 1)
  }

  function unavailable(caller: Caller, reason: unknown): GraphQLError {
    // What the client did wrong in sending a file is said to it as it is.
    if (reason instanceof GraphQLError) return reason
    logger.warn({ err: reason, requestId: caller.requestId }, 'A subgraph did not answer')
    return serviceUnavailable()
  }

  return {
    name,
    async execute(request) {
      try {
        return resultOf(await send(request))
      } catch (error) {
        return { errors: [unavailable(request.caller, error)] }
      }
    },
    async subscribe({ query, variables, operationName, caller }) {
      return openSocketSubscription({
        url: graphqlUrl,
        headers: await headersFor(caller),
        payload: {
          query,
          variables: { ...variables },
          ...(operationName === undefined ? {} : { operationName }),
        },
        deadlineMs,
        logger,
      })
    },
    async command(command, input, caller) {
      if (!COMMAND_NAME.test(command)) throw new Error(`"${command}" can't be a command's name.`)
      const url = new URL(`/internal/${command}`, graphqlUrl)
      const answer = await post(url, input ?? null, caller, 2).catch((error: unknown) => {
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

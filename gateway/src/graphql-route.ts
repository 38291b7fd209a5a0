import type { ApolloServer } from '@apollo/server'
import type { OperationRequest } from '@arv/operation-limits'
import { receiveUpload } from '@arv/subgraph'
import type { UploadLimits } from '@arv/subgraph'
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import { GraphQLError } from 'graphql'
import type { Logger } from 'pino'
import { readAskedOperation, toApolloRequest } from './asked-operation.ts'
import type { Authenticate } from './authentication.ts'
import { clientInfoOf } from './client-info.ts'
import type { ProxyTrust } from './client-info.ts'
import { isPublic, logErrors } from './errors.ts'
import type { CountErrors, ReportedError } from './errors.ts'
import { sendError } from './graphql-answers.ts'
import { mediaTypeOf, NOT_GRAPHQL, problemOf } from './graphql-requests.ts'
import type { AdmitOperation } from './operations/operation-admission.ts'
import { createPlaces } from './places.ts'
import type { PublicOperations } from './public-operations/public-operations.ts'
import { rateLimitRefusal } from './rate-limits/rate-limit-refusal.ts'
import { payerOf } from './rate-limits/rate-limits.ts'
import type { RequestContext } from './request-context.ts'

interface Deps {
  readonly apollo: ApolloServer<RequestContext>
  readonly authenticate: Authenticate
  readonly publicOperations: PublicOperations
  readonly trust: ProxyTrust
  readonly uploadLimits: UploadLimits
  readonly admitOperation: AdmitOperation
  /** Bytes of a body without its files. */
  readonly maxBodyBytes: number
  /** Of those that Apollo Server does not see. */
  readonly countErrors: CountErrors
  readonly logger: Logger
}

/** Uploads of one user, one API key, or one stranger's address at a time: what they hold is disk, and turns of decoders. */
const UPLOADS_AT_A_TIME = 10
const UPLOAD_RETRY_SECONDS = 5

/** Where GraphQL is served, over HTTP and WebSocket. */
export const GRAPHQL_PATHS = ['/graphql', '/graphql/']

declare module 'fastify' {
  interface FastifyRequest {
    /** Set once the token of a GraphQL request was found good. */
    graphqlContext: RequestContext | null
  }
}

/** `/graphql` over HTTP: GET and POST, JSON and GraphQL multipart. */
export function mountGraphqlRoute(app: FastifyInstance, deps: Deps): void {
  app.decorateRequest('graphqlContext', null)
  app.addContentTypeParser('multipart/form-data', (_request, _body, done) => done(null))
  const uploads = createPlaces(UPLOADS_AT_A_TIME)

  function refuse(reply: FastifyReply, status: number, code: string, message: string): FastifyReply {
    return refuseWith(reply, status, { message, extensions: { code } })
  }

  function refuseWith(reply: FastifyReply, status: number, error: ReportedError): FastifyReply {
    logErrors([error], reply.request.id, deps.logger)
    deps.countErrors([error])
    return sendError(reply, status, error)
  }

  const route: Omit<RouteOptions, 'url'> = {
    method: ['GET', 'POST'],
    bodyLimit: deps.maxBodyBytes,
    // Before the body is read: nobody with a bad token gets to send half a gigabyte.
    onRequest: async (request, reply) => {
      if (isPageVisit(request)) return reply.redirect('/graphiql')
      const problem = problemOf(request)
      if (problem) return refuse(reply, problem.status, 'BAD_REQUEST', problem.message)
      const authentication = await deps.authenticate(request.headers.authorization)
      if (authentication.kind === 'refused') {
        return refuse(reply, 401, 'UNAUTHENTICATED', authentication.message)
      }
      if (authentication.kind === 'unavailable') {
        const message = 'Your access token can’t be checked at the moment.'
        return refuse(reply, 503, 'SERVICE_UNAVAILABLE', message)
      }
      request.graphqlContext = {
        caller: {
          requestId: request.id,
          principal: authentication.principal,
          client: clientInfoOf(request.raw, deps.trust),
        },
        cost: 0,
      }
      return undefined
    },
    preHandler: async (request, reply) => {
      const { graphqlContext } = request
      if (!isMultipart(request) || graphqlContext === null) return undefined
      const { budget, key } = payerOf(graphqlContext.caller)
      const leave = uploads.take(`${budget} ${key}`)
      if (leave === null) {
        void reply.header('retry-after', String(UPLOAD_RETRY_SECONDS))
        return refuseWith(reply, 429, rateLimitRefusal({ retryAfterSeconds: UPLOAD_RETRY_SECONDS }))
      }
      reply.raw.once('close', leave)
      const { operation, release } = await receiveUpload(request.raw, reply.raw, deps.uploadLimits)
      reply.raw.once('finish', release)
      request.body = operation
      return undefined
    },
    handler: async (request, reply) => {
      const { graphqlContext } = request
      if (graphqlContext === null) throw new Error('The request was not authenticated.')
      const read = readAskedOperation(request)
      if (read.kind === 'malformed') return refuse(reply, 400, read.code, read.message)
      const { asked } = read
      const chosen = deps.publicOperations.choose(asked, graphqlContext.caller.principal)
      if (chosen.kind === 'refused') return refuse(reply, chosen.status, chosen.code, chosen.message)
      const { query } = chosen
      const contextValue = { ...graphqlContext, cost: costOf({ ...asked, query }, deps.admitOperation) }
      const { status, headers, body } = await deps.apollo.executeHTTPGraphQLRequest({
        httpGraphQLRequest: toApolloRequest(request, asked, query),
        context: async () => contextValue,
      })
      if (body.kind !== 'complete') throw new Error('Incremental delivery is not supported.')
      return reply
        .code(status ?? 200)
        .headers(Object.fromEntries(headers))
        .send(body.string)
    },
    errorHandler: (error, request, reply) => {
      const status = statusOf(error)
      const reported = asReported(error, status, deps.maxBodyBytes)
      deps.countErrors([reported])
      if (status < 500) logErrors([reported], request.id, deps.logger)
      else deps.logger.error({ err: error, requestId: request.id }, 'GraphQL request failed')
      void sendError(reply, status, reported)
    },
  }
  for (const url of GRAPHQL_PATHS) app.route({ ...route, url })
}

/**
 * What an operation may cost. What is no document is for Apollo Server to refuse, and costs nothing.
 *
 * @throws GraphQLError when it is more than is answered.
 */
function costOf(operation: OperationRequest, admitOperation: AdmitOperation): number {
  const admission = admitOperation(operation)
  if (admission.kind === 'refused') throw admission.error
  return admission.kind === 'admitted' ? admission.cost : 0
}

/** What Fastify and the upload parser refuse is the client's mistake, in words that the client may read. */
function asReported(error: unknown, status: number, maxBodyBytes: number): ReportedError {
  if (error instanceof GraphQLError) return error
  const message =
    error instanceof Error && !isUnread(error) ? error.message : unreadBody(status, maxBodyBytes)
  const code = status === 413 ? 'BODY_TOO_LARGE' : 'BAD_REQUEST'
  return { message, extensions: status < 500 ? { code } : {} }
}

/** Fastify's own errors, and those of its JSON parser: they say what they are made of. */
function isUnread(error: Error): boolean {
  return error instanceof SyntaxError || ('code' in error && String(error.code).startsWith('FST_'))
}

function unreadBody(status: number, maxBodyBytes: number): string {
  if (status === 413) return `The body is larger than ${maxBodyBytes} bytes.`
  if (status === 415) return NOT_GRAPHQL
  return 'The body is not valid JSON, or not as long as it says.'
}

function statusOf(error: unknown): number {
  if (error instanceof GraphQLError) return isPublic(error) ? 400 : 500
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
    ? error.statusCode
    : 500
}

function isMultipart({ headers }: FastifyRequest): boolean {
  return mediaTypeOf(headers['content-type']) === 'multipart/form-data'
}

/** Somebody typed the address into a browser. */
function isPageVisit(request: FastifyRequest): boolean {
  return (
    request.method === 'GET' &&
    !request.url.includes('?') &&
    (request.headers.accept?.includes('text/html') ?? false)
  )
}

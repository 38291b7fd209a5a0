import type { ApolloServer } from '@apollo/server'
import { receiveUpload } from '@arv/subgraph'
import type { UploadLimits } from '@arv/subgraph'
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import { GraphQLError } from 'graphql'
import type { GraphQLFormattedError } from 'graphql'
import type { Logger } from 'pino'
import { toApolloRequest } from './asked-operation.ts'
import type { Authenticate } from './authentication.ts'
import { clientInfoOf } from './client-info.ts'
import type { ProxyTrust } from './client-info.ts'
import { isPublic, publicError } from './errors.ts'
import type { ReportedError } from './errors.ts'
import type { RequestContext } from './request-context.ts'

interface Deps {
  readonly apollo: ApolloServer<RequestContext>
  readonly authenticate: Authenticate
  readonly trust: ProxyTrust
  readonly uploadLimits: UploadLimits
  readonly logger: Logger
}

/** Where GraphQL is served, over HTTP and WebSocket. */
export const GRAPHQL_PATHS = ['/graphql', '/graphql/']

const JSON_BODY_LIMIT = 1_048_576

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

  const route: Omit<RouteOptions, 'url'> = {
    method: ['GET', 'POST'],
    bodyLimit: JSON_BODY_LIMIT,
    // Before the body is read: nobody with a bad token gets to send half a gigabyte.
    onRequest: async (request, reply) => {
      const authentication = await deps.authenticate(request.headers.authorization)
      if (authentication.kind === 'refused') {
        return sendError(reply, 401, {
          message: authentication.message,
          extensions: { code: 'UNAUTHENTICATED' },
        })
      }
      if (authentication.kind === 'unavailable') {
        return sendError(reply, 503, {
          message: 'Your access token can’t be checked at the moment.',
          extensions: { code: 'SERVICE_UNAVAILABLE' },
        })
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
      if (isPageVisit(request)) return reply.redirect('/graphiql')
      if (isMultipart(request) && isPreflighted(request)) {
        const { operation, release } = await receiveUpload(request.raw, reply.raw, deps.uploadLimits)
        reply.raw.once('finish', release)
        request.body = operation
      }
      return undefined
    },
    handler: async (request, reply) => {
      const { graphqlContext } = request
      if (graphqlContext === null) throw new Error('The request was not authenticated.')
      const { status, headers, body } = await deps.apollo.executeHTTPGraphQLRequest({
        httpGraphQLRequest: toApolloRequest(request, undefined),
        context: async () => graphqlContext,
      })
      if (body.kind !== 'complete') throw new Error('Incremental delivery is not supported.')
      return reply
        .code(status ?? 200)
        .headers(Object.fromEntries(headers))
        .send(body.string)
    },
    errorHandler: (error, request, reply) => {
      const status = statusOf(error)
      if (status >= 500) deps.logger.error({ err: error, requestId: request.id }, 'GraphQL request failed')
      void sendError(reply, status, publicError(asReported(error, status), request.id))
    },
  }
  for (const url of GRAPHQL_PATHS) app.route({ ...route, url })
}

/** What Fastify and the upload parser refuse is the client's mistake, in words that the client may read. */
function asReported(error: unknown, status: number): ReportedError {
  if (error instanceof GraphQLError) return error
  const message = error instanceof Error ? error.message : 'The request could not be read.'
  return { message, extensions: status < 500 ? { code: 'BAD_REQUEST' } : {} }
}

function sendError(reply: FastifyReply, status: number, error: GraphQLFormattedError): FastifyReply {
  if (status === 401) void reply.header('www-authenticate', 'Bearer')
  if (status === 503) void reply.header('retry-after', '5')
  return reply.code(status).send({ errors: [error] })
}

function statusOf(error: unknown): number {
  if (error instanceof GraphQLError) return isPublic(error) ? 400 : 500
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
    ? error.statusCode
    : 500
}

function isMultipart({ headers }: FastifyRequest): boolean {
  return headers['content-type']?.toLowerCase().startsWith('multipart/form-data') ?? false
}

/** Apollo Server refuses a form that another site's page could send; its files must not be read first. */
function isPreflighted({ headers }: FastifyRequest): boolean {
  return Boolean(headers['apollo-require-preflight'] || headers['x-apollo-operation-name'])
}

/** Somebody typed the address into a browser. */
function isPageVisit(request: FastifyRequest): boolean {
  return (
    request.method === 'GET' &&
    !request.url.includes('?') &&
    (request.headers.accept?.includes('text/html') ?? false)
  )
}

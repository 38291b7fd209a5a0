import type { Caller, InternalTokenVerifier } from '@arv/identity'
import type { MetricsAccess, Telemetry } from '@arv/telemetry'
import { fastify, LogController } from 'fastify'
import type { FastifyBaseLogger, FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { GraphQLError } from 'graphql'
import type { ExecutionResult } from 'graphql'
import type { Logger } from 'pino'
import { refuseOtherMethods } from './allowed-methods.ts'
import { createDocumentCache } from './documents.ts'
import { badUserInput, maskError, unauthenticated } from './errors.ts'
import { answerHealth, UNWATCHED_PATHS } from './health.ts'
import type { ReadyChecks } from './health.ts'
import { hostSocket } from './host-socket.ts'
import { bearerTokenOf, callerOf, commitWithinOf } from './internal-headers.ts'
import { answerMetrics } from './metrics-route.ts'
import { observeHttp } from './observe-http.ts'
import { readOperation } from './operation-request.ts'
import { requestIdOf } from './request-id.ts'
import { runCommand } from './run-command.ts'
import { runOperation } from './run-operation.ts'
import type { Subgraph } from './subgraph.ts'
import type { UploadLimits } from './explain-upload.ts'
import { receiveUpload } from './uploads.ts'
import { unreadableAnswer } from './unreadable-request.ts'
import { wantsSocket } from './upgrade-sockets.ts'

const MAX_BODY_BYTES = 4 * 1024 * 1024
/** Room for the token of someone in thousands of companies. */
const MAX_HEADER_BYTES = 128 * 1024
/** Characters between two slashes of an address: names of files are longer than what the framework allows (100). */
export const LONGEST_PATH_PART = 255

export interface SubgraphHostOptions {
  readonly tokens: InternalTokenVerifier
  readonly logger: Logger
  readonly uploadLimits: UploadLimits
  /** What `/readyz` asks; the subgraph itself unless given. */
  readonly readyChecks?: ReadyChecks
  /** Requests are measured, and traced as part of what calls; `/metrics` tells those who may know. */
  readonly watch?: { readonly telemetry: Telemetry; readonly metricsAccess: MetricsAccess }
}

/**
 * A subgraph as an HTTP server, not yet listening: `POST /graphql` (JSON or multipart), graphql-ws on the same path,
 * `POST /internal/<command>`, the subgraph's own routes, `/healthz`, `/readyz` and `/metrics`. All but the last three need
 * an internal token for this subgraph. `close()` leaves the subgraph itself open.
 */
export function createSubgraphHost(subgraph: Subgraph, options: SubgraphHostOptions): FastifyInstance {
  const { tokens, logger } = options
  const loggerInstance: FastifyBaseLogger = logger
  const app = fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: MAX_BODY_BYTES,
    http: { maxHeaderSize: MAX_HEADER_BYTES, shouldUpgradeCallback: wantsSocket },
    routerOptions: { maxParamLength: LONGEST_PATH_PART },
    frameworkErrors: answerBadAddress,
    clientErrorHandler: unreadableAnswer(logger),
    genReqId: ({ headers }) => requestIdOf(headers),
  })
  const documents = createDocumentCache(subgraph.schema)
  const callers = new WeakMap<FastifyRequest, Caller>()
  const { readyChecks, watch } = options
  // Nobody is answered without the gateway's token, so whoever asks may say which trace it belongs to.
  if (watch) observeHttp(app, { telemetry: watch.telemetry, believesTrace: () => true })

  app.addHook('onRequest', async (request, reply) => {
    void reply.header('x-request-id', request.id)
    if (UNWATCHED_PATHS.has(request.routeOptions.url)) return
    const token = bearerTokenOf(request.headers)
    const verdict = token === null ? null : await tokens.verify(token)
    if (verdict?.kind === 'valid') {
      callers.set(request, { ...callerOf(request.headers, verdict.principal), requestId: request.id })
    } else {
      const reason = verdict?.reason ?? 'missing'
      logger.warn({ requestId: request.id, reason }, 'A request without a valid internal token')
      await reply
        .code(401)
        .send({ errors: [unauthenticated('An internal token for this subgraph is needed.')] })
    }
  })
  refuseOtherMethods(app, (reply, allowed) =>
    reply.send({ errors: [badUserInput(`This address takes only ${allowed}.`)] }),
  )
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).send({ errors: [badUserInput('There is nothing here.')] }),
  )
  app.setErrorHandler((error: FastifyError, request, reply) =>
    sendError(error, callerIn(callers, request), reply, logger),
  )

  answerHealth(app, readyChecks ?? { [subgraph.name]: () => subgraph.ready() }, logger)
  if (watch) answerMetrics(app, watch.telemetry, watch.metricsAccess)

  app.register(async (scope) => {
    // Left unread: the multipart parser takes the request itself.
    scope.addContentTypeParser('multipart/form-data', (_request, _payload, done) => done(null))
    scope.post('/graphql', async (request, reply) => {
      const caller = callerIn(callers, request)
      if (!isMultipart(request)) return runBody(request.body, caller, commitWithinOf(request.headers))
      const upload = await receiveUpload(request.raw, reply.raw, options.uploadLimits)
      reply.raw.once('close', upload.release)
      return runBody(upload.operation, caller)
    })
    scope.post<{ Params: { command: string } }>('/internal/:command', async (request, reply) => {
      const outcome = await runCommand(
        subgraph,
        request.params.command,
        request.body,
        callerIn(callers, request),
        logger,
      )
      switch (outcome.kind) {
        case 'done':
          return { data: outcome.output }
        case 'failed':
          return { errors: [outcome.error] }
        case 'unknown':
          return reply.code(404).send({ errors: [badUserInput('There is no such command.')] })
      }
    })
  })
  app.register(async (scope) => subgraph.routes?.(scope))
  hostSocket(app, { subgraph, documents, tokens, logger })
  return app

  async function runBody(body: unknown, caller: Caller, commitWithinMs?: number): Promise<ExecutionResult> {
    const reading = readOperation(documents, body, caller, commitWithinMs)
    return reading.kind === 'ok'
      ? runOperation(subgraph, reading.operation, logger)
      : { errors: reading.errors }
  }
}

function callerIn(callers: WeakMap<FastifyRequest, Caller>, request: FastifyRequest): Caller {
  return callers.get(request) ?? callerOf(request.headers, { kind: 'anonymous' })
}

function isMultipart(request: FastifyRequest): boolean {
  return request.headers['content-type']?.startsWith('multipart/form-data') === true
}

/** An address that can't be read (`/%ff`) or is too long; no hook runs for it. */
function answerBadAddress({ statusCode = 400 }: FastifyError, request: FastifyRequest, reply: FastifyReply) {
  void reply
    .code(statusCode)
    .header('x-request-id', request.id)
    .send({ errors: [badUserInput('The address is malformed.')] })
}

function sendError(error: FastifyError | GraphQLError, caller: Caller, reply: FastifyReply, logger: Logger) {
  if (error instanceof GraphQLError)
    return reply.code(200).send({ errors: [maskError(error, logger, caller.requestId)] })
  const status = error.statusCode ?? 500
  // The framework's own refusals: a body that is too large, of another type, or no JSON.
  if (status >= 400 && status < 500) {
    logger.info({ requestId: caller.requestId, status, reason: error.code }, 'A malformed request')
    return reply.code(status).send({ errors: [badUserInput('The request is malformed.')] })
  }
  return reply.code(500).send({ errors: [maskError(error, logger, caller.requestId)] })
}

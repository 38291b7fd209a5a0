import { checkSchema, createDatabase, type Database } from '@arv/database'
import {
  createPostgresEventBus,
  createPostgresEventWriter,
  type EventBus,
  type EventWriter,
} from '@arv/events'
import { createInternalTokenVerifier, subgraphAudience } from '@arv/identity'
import { type Jobs, type JobSender, startJobs } from '@arv/jobs'
import { createTelemetry, type Telemetry } from '@arv/telemetry'
import { fastify, type FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import type { z } from 'zod'
import { answerHealth, type ReadyChecks } from './health.ts'
import { createSubgraphHost, type SubgraphHostOptions } from './host.ts'
import { answerMetrics } from './metrics-route.ts'
import { observeHttp } from './observe-http.ts'
import { createLogger } from './logger.ts'
import { type ProcessEnv, readProcessEnv } from './process-env.ts'
import type { Subgraph, SubgraphName } from './subgraph.ts'
import type { UploadLimits } from './explain-upload.ts'

/** What a process hands to the factory of its subgraph; all of it is closed after the subgraph. */
export interface SubgraphParts<Env> {
  readonly database: Database
  readonly events: EventWriter
  readonly jobs: JobSender
  readonly logger: Logger
  readonly telemetry: Telemetry
  /** The subgraph's own variables. */
  readonly env: Env
  /** Opens the outbox's reader: for a subgraph that has subscriptions. */
  readonly openEventBus: () => Promise<EventBus>
  /** Is called, last registered first, when the process ends: for clients that the factory is given. */
  readonly onClose: (close: () => unknown) => void
}

export interface SubgraphProcess<Own extends z.ZodRawShape> {
  readonly name: SubgraphName
  /** The subgraph's own variables. */
  readonly env: z.ZodObject<Own>
  readonly create: (parts: SubgraphParts<z.infer<z.ZodObject<Own>>>) => Subgraph | Promise<Subgraph>
  /** What may be uploaded; nothing unless given. */
  readonly uploadLimits?: (env: z.infer<z.ZodObject<Own>>) => UploadLimits
}

type Close = () => unknown

const NO_UPLOADS: UploadLimits = { maxFileSize: 1, maxFiles: 1, maxFieldSize: 1_000_000 }
const DRAIN_MS = 10_000

/**
 * Hosts one subgraph as a process of its own, until SIGINT or SIGTERM; a second signal ends it at once. With
 * `ARV_ROLE=worker` it runs the subgraph's jobs and background work and serves nothing but `/healthz` and `/readyz`;
 * with `api` it serves the API alone. A start that fails ends in one sentence on stderr and exit code 1.
 *
 * @example
 * await runSubgraph({
 *   name: 'content',
 *   env: contentEnv,
 *   create: async ({ env, openEventBus, ...parts }) =>
 *     createContentSubgraph({ ...parts, bus: await openEventBus(), publicUrl: env.ARV_PUBLIC_URL }),
 * })
 */
export async function runSubgraph<Own extends z.ZodRawShape>(subgraph: SubgraphProcess<Own>): Promise<void> {
  const closing: Close[] = []
  try {
    const { common, own } = readProcessEnv(subgraph.name, process.env, subgraph.env)
    const logger = createLogger({ level: common.logLevel, name: subgraph.name })
    endOnSignal(closing, logger)
    const app = await start(subgraph, common, own, logger, closing)
    const address = await app.listen({ port: common.port, host: common.host })
    logger.info({ address, role: common.role }, 'listening')
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    process.stderr.write(`${subgraph.name} can't start: ${reason}\n`)
    process.exit(1)
  }
}

async function start<Own extends z.ZodRawShape>(
  { name, create, uploadLimits }: SubgraphProcess<Own>,
  common: ProcessEnv,
  own: z.infer<z.ZodObject<Own>>,
  logger: Logger,
  closing: Close[],
): Promise<FastifyInstance> {
  const {
    databaseUrl: url,
    pool: { ssl },
  } = common
  const onClose = (close: Close) => closing.push(close)
  const onError = (error: unknown) => logger.warn({ err: error }, 'The database or its queues did not answer')

  const telemetry = await createTelemetry({
    service: `arv-${name}`,
    otlpEndpoint: common.telemetry.otlpEndpoint,
    onError: (error) => logger.warn({ err: error }, 'A metric could not be read, or traces not sent'),
  })
  onClose(() => telemetry.close())
  const database = createDatabase({
    subgraph: name,
    url,
    viewerUrl: common.viewerUrl,
    pool: common.pool,
    observer: telemetry.database(name, common.pool.max),
  })
  onClose(() => database.close())
  await database.ping()
  const events = createPostgresEventWriter({ url, ssl, onError })
  onClose(() => events.close())
  const jobs = await startJobs({
    url,
    ssl,
    subgraph: name,
    mode: common.role === 'api' ? 'send' : 'work',
    onError,
    observer: telemetry.jobs,
  })
  onClose(() => jobs.close())
  const openEventBus = async () => {
    const bus = await createPostgresEventBus({
      database,
      listenUrl: url,
      ssl,
      onError,
      observer: telemetry.events,
    })
    onClose(() => bus.close())
    return bus
  }

  const subgraph = await create({
    database,
    events,
    jobs,
    logger,
    telemetry,
    env: own,
    openEventBus,
    onClose,
  })
  onClose(() => subgraph.close())
  if (common.role !== 'api') {
    await work(subgraph, jobs, onClose)
    telemetry.watchQueues(() => jobs.count())
  }
  const watch = { telemetry, metricsAccess: common.telemetry.metricsAccess }
  const readyChecks = {
    [name]: () => subgraph.ready(),
    database: () => database.ping(),
    migrations: () => checkSchema(database),
    ...(common.role !== 'api' && { workers: () => jobs.ready() }),
  }
  const app = common.role === 'worker' ? hostWatch(readyChecks, watch, logger) : hostApi()
  onClose(() => app.close())
  return app

  function hostApi() {
    const audience = subgraphAudience(name)
    const tokens = createInternalTokenVerifier({ publicJwks: common.internalPublicKeys, audience })
    const limits = uploadLimits?.(own) ?? NO_UPLOADS
    return createSubgraphHost(subgraph, { tokens, logger, uploadLimits: limits, readyChecks, watch })
  }
}

async function work(subgraph: Subgraph, jobs: Jobs, onClose: (close: Close) => unknown): Promise<void> {
  await jobs.work(subgraph.jobs, { cron: subgraph.cron ?? {} })
  const stop = subgraph.startBackground?.()
  if (stop) onClose(stop)
}

type Watch = NonNullable<SubgraphHostOptions['watch']>

/** All that a worker serves. */
function hostWatch(
  readyChecks: ReadyChecks,
  { telemetry, metricsAccess }: Watch,
  logger: Logger,
): FastifyInstance {
  const app = fastify({ logger: false })
  observeHttp(app, { telemetry, believesTrace: () => false })
  answerHealth(app, readyChecks, logger)
  answerMetrics(app, telemetry, metricsAccess)
  return app
}

/** Stops in the reverse order of the start: nothing new comes in, what runs ends, then what it ran on is let go. */
function endOnSignal(closing: Close[], logger: Logger): void {
  let ending = false
  const end = async (signal: string) => {
    if (ending) process.exit(1)
    ending = true
    logger.info({ signal }, 'stopping')
    setTimeout(() => process.exit(1), DRAIN_MS).unref()
    while (closing.length > 0) {
      try {
        await closing.pop()?.()
      } catch (error) {
        logger.warn({ err: error }, 'A part did not stop cleanly')
      }
    }
    process.exit(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void end(signal))
}

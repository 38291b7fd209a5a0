import { join } from 'node:path'
import { createAnalyticsSubgraph } from '@arv/analytics'
import { createContentSubgraph } from '@arv/content'
import { type ByLogin, createDatabase, type Database, POOL_DEFAULTS } from '@arv/database'
import { createPostgresEventBus, createPostgresEventWriter, type EventWriter } from '@arv/events'
import { createAccessTokenIssuer, PLATFORM_TOKENS } from '@arv/identity'
import { type Jobs, startJobs } from '@arv/jobs'
import { createMediaSubgraph } from '@arv/media'
import {
  createInProcessClient,
  observeClient,
  type ReadyChecks,
  type Subgraph,
  type SubgraphClient,
  type SubgraphName,
} from '@arv/subgraph'
import { createTelemetry, type Telemetry } from '@arv/telemetry'
import { createTenancySubgraph } from '@arv/tenancy'
import { openChannels } from '@arv/tenancy/channel-variables'
import type { Logger } from 'pino'
import type { Closing } from './closing.ts'
import { readyChecksOf } from './ready-checks.ts'
import type { Secrets } from './secret-store.ts'
import type { Settings } from './settings.ts'

/** The four subgraphs of one process, and how they and the gateway reach each other. */
export interface Assembly {
  readonly subgraphs: Readonly<Record<SubgraphName, Subgraph>>
  readonly clients: Readonly<Record<SubgraphName, SubgraphClient>>
  readonly tenancyDatabase: Database
  readonly telemetry: Telemetry
  /** What `/readyz` asks. */
  readonly readyChecks: ReadyChecks
  /** Starts job handlers, recurring jobs and background work. */
  work(): Promise<void>
  /** Ends what `work` started; runs in flight may finish within a few seconds. */
  stopWork(): Promise<void>
}

export interface AssemblyParts {
  readonly settings: Settings
  readonly secrets: Secrets
  readonly urls: ByLogin<string>
  readonly publicUrl: string
  readonly logger: Logger
  /** Is told what to close when everything ends. */
  readonly closing: Closing
  /** Whether `work` will be called. */
  readonly works: boolean
}

interface Parts {
  readonly database: Database
  readonly events: EventWriter
  readonly jobs: Jobs
  readonly logger: Logger
}

/** Leaves the rest of the ten seconds that a stop may take to closing what the jobs ran on. */
const DRAIN_MS = 6_000

export async function assembleSubgraphs(given: AssemblyParts): Promise<Assembly> {
  const { settings, secrets, urls, publicUrl, closing } = given
  const telemetry = await openTelemetry(given)
  const [tenancyParts, contentParts, mediaParts, analyticsParts] = await Promise.all([
    openParts(given, telemetry, 'tenancy'),
    openParts(given, telemetry, 'content'),
    openParts(given, telemetry, 'media'),
    openParts(given, telemetry, 'analytics'),
  ])
  const clientOf = (subgraph: Subgraph, { logger }: Parts) =>
    observeClient(createInProcessClient(subgraph, { logger }), telemetry.client)
  const bus = await createPostgresEventBus({
    database: contentParts.database,
    listenUrl: urls.content,
    ssl: settings.pool.ssl,
    onError: (error) => contentParts.logger.warn({ err: error }, 'the outbox could not be read'),
    observer: telemetry.events,
  })
  closing.add(() => bus.close())

  const media = createMediaSubgraph({
    ...mediaParts,
    storage: { localRoot: join(settings.dataDir, 'files') },
    urlSigningKey: secrets.urlSigningKey,
    publicUrl,
    limits: { maxImageBytes: settings.maxImageBytes, maxVideoBytes: settings.maxVideoBytes },
    observer: telemetry.media,
  })
  const mediaClient = clientOf(media, mediaParts)
  const tenancy = createTenancySubgraph({
    ...tenancyParts,
    bus,
    media: mediaClient,
    accessTokens: createAccessTokenIssuer({
      privateJwk: secrets.accessTokenSigningKey,
      ...PLATFORM_TOKENS,
      ttlSeconds: settings.accessTokenTtlSeconds,
    }),
    refreshTokenTtlSeconds: settings.refreshTokenTtlSeconds,
    freeAttempts: settings.freeAttempts,
    channels: openChannels(settings.channels, publicUrl, (close) => closing.add(close)),
  })
  const content = createContentSubgraph({ ...contentParts, bus, publicUrl })
  const analytics = createAnalyticsSubgraph(analyticsParts)
  const subgraphs = { tenancy, content, media, analytics }
  const jobs = {
    tenancy: tenancyParts.jobs,
    content: contentParts.jobs,
    media: mediaParts.jobs,
    analytics: analyticsParts.jobs,
  }
  return {
    subgraphs,
    clients: {
      tenancy: clientOf(tenancy, tenancyParts),
      content: clientOf(content, contentParts),
      media: mediaClient,
      analytics: clientOf(analytics, analyticsParts),
    },
    tenancyDatabase: tenancyParts.database,
    telemetry,
    readyChecks: readyChecksOf(subgraphs, jobs, tenancyParts.database),
    ...createWork(subgraphs, jobs, telemetry),
  }
}

async function openTelemetry({ settings, logger, closing }: AssemblyParts): Promise<Telemetry> {
  const telemetry = await createTelemetry({
    service: 'arv',
    otlpEndpoint: settings.telemetry.otlpEndpoint,
    onError: (error) => logger.warn({ err: error }, 'a metric could not be read, or traces not sent'),
  })
  closing.add(() => telemetry.close())
  return telemetry
}

async function openParts(given: AssemblyParts, telemetry: Telemetry, name: SubgraphName): Promise<Parts> {
  const { settings, urls, closing } = given
  const logger = given.logger.child({ name })
  const url = urls[name]
  const onError = (error: unknown) => logger.warn({ err: error }, 'the database or its queues did not answer')
  const database = createDatabase({
    subgraph: name,
    url,
    viewerUrl: urls.viewer,
    pool: settings.pool,
    observer: telemetry.database(name, settings.pool.max ?? POOL_DEFAULTS.max),
  })
  closing.add(() => database.close())
  const events = createPostgresEventWriter({ url, ssl: settings.pool.ssl, onError })
  closing.add(() => events.close())
  const mode = given.works ? 'work' : 'send'
  const observer = telemetry.jobs
  const jobs = await startJobs({ url, subgraph: name, mode, ssl: settings.pool.ssl, onError, observer })
  closing.add(() => jobs.close(0))
  return { database, events, jobs, logger }
}

function createWork(
  subgraphs: Readonly<Record<SubgraphName, Subgraph>>,
  jobs: Readonly<Record<SubgraphName, Jobs>>,
  telemetry: Telemetry,
): Pick<Assembly, 'work' | 'stopWork'> {
  const each = Object.values(subgraphs)
  const stops: (() => Promise<void>)[] = []
  return {
    work: async () => {
      for (const subgraph of each) {
        await jobs[subgraph.name].work(subgraph.jobs, { cron: subgraph.cron ?? {} })
        telemetry.watchQueues(() => jobs[subgraph.name].count())
        const stop = subgraph.startBackground?.()
        if (stop) stops.push(stop)
      }
    },
    stopWork: async () => {
      // First of all what a job is busy with, so that it is not waited for: it runs again after the next start.
      await Promise.all(each.map((subgraph) => subgraph.close()))
      await Promise.all([
        ...stops.map((stop) => stop()),
        ...Object.values(jobs).map((one) => one.close(DRAIN_MS)),
      ])
    },
  }
}

import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createContentSubgraph } from '@arv/content'
import { createDatabase, type Database, loginUrls } from '@arv/database'
import { createPostgresEventBus, createPostgresEventWriter, type EventWriter } from '@arv/events'
import { startJobs } from '@arv/jobs'
import { startTestServer } from '@arv/testkit/test-server'
import { pino } from 'pino'
import postgres from 'postgres'

/** Content on a database of its own, as a worker runs it. */
export interface ContentWorker {
  /** As the superuser. */
  readonly sql: postgres.Sql
  readonly database: Database
  readonly events: EventWriter
  /** Starts what a worker does beside its jobs. @returns how to stop it */
  startBackground(): () => Promise<void>
  close(): Promise<void>
}

export async function startContentWorker(): Promise<ContentWorker> {
  const dataDir = join(tmpdir(), `arv-bench-${randomBytes(6).toString('hex')}`)
  const server = await startTestServer(dataDir)
  const { templateUrl, passwords } = server.address
  const { content: url, viewer: viewerUrl } = loginUrls(templateUrl, passwords)
  const logger = pino({ level: 'warn' })
  const onError = (error: unknown) => logger.error({ err: error })
  const sql = postgres(templateUrl, { max: 1, onnotice: () => {} })
  const database = createDatabase({ subgraph: 'content', url, viewerUrl })
  const events = createPostgresEventWriter({ url, onError })
  const bus = await createPostgresEventBus({ database, listenUrl: url, onError })
  const jobs = await startJobs({ url, subgraph: 'content', mode: 'send', onError })
  const publicUrl = 'https://arv.example.com'
  const subgraph = createContentSubgraph({ database, events, bus, jobs, publicUrl, logger })
  return {
    sql,
    database,
    events,
    startBackground: () => {
      const stop = subgraph.startBackground?.()
      return async () => stop?.()
    },
    close: async () => {
      await subgraph.close()
      await jobs.close()
      await bus.close()
      await events.close()
      await database.close()
      await sql.end()
      await server.stop()
    },
  }
}

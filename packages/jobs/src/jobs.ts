import type { PoolOptions, WriteTx } from '@arv/database'
import { type Db, type JobWithMetadata, PgBoss } from 'pg-boss'
import { type JobName, type JobPayload, JOBS } from './job-catalogue.ts'

/** How one run of a job is going. */
export interface JobRun {
  readonly id: string
  /** 1 for the first run, one more for each retry. */
  readonly attempt: number
  /** Whether pg-boss will not run this job again if this run fails. */
  readonly isLastAttempt: boolean
  /** Aborted when the run has lost its lease or the process stops. */
  readonly signal: AbortSignal
}

/** Handles one job; idempotent, because a job whose worker dies runs again. */
export type JobHandler<Name extends JobName> = (payload: JobPayload<Name>, run: JobRun) => Promise<void>

/** A subgraph's handlers, by queue. */
export type JobHandlers = { readonly [Name in JobName]?: JobHandler<Name> }

export interface SendOptions {
  readonly startAfterSeconds?: number
}

/** Puts jobs on their queues, in the caller's transaction: a job exists exactly when the change does. */
export interface JobSender {
  send<Name extends JobName>(
    tx: WriteTx,
    name: Name,
    payload: JobPayload<Name>,
    options?: SendOptions,
  ): Promise<void>
}

export interface Jobs extends JobSender {
  /** Starts to work on the queues of `handlers`. `cron` holds recurring ones: queue → five-field cron, in UTC. */
  work(
    handlers: JobHandlers,
    options?: { concurrency?: number; cron?: Partial<Record<JobName, string>> },
  ): Promise<void>
  /** Lets runs in flight finish, up to `drainMs`; what is still running then runs again elsewhere. */
  close(drainMs?: number): Promise<void>
}

export interface JobsConfig {
  /** The subgraph's login; it becomes `arv_<subgraph>` as it connects. */
  readonly url: string
  readonly subgraph: string
  readonly ssl?: PoolOptions['ssl']
  /** Workers hold a connection for wake-ups and look after the queues; senders do neither. */
  readonly mode: 'send' | 'work'
  readonly onError: (error: unknown) => void
}

/** pg-boss as the whole platform uses it: schema and queues exist already, and no right to make any. */
export async function startJobs(config: JobsConfig): Promise<Jobs> {
  const works = config.mode === 'work'
  const boss = new PgBoss({
    connectionString: config.url,
    ssl: tlsOf(config.ssl),
    options: `-c role=arv_${config.subgraph}`,
    application_name: 'arv-jobs',
    schema: 'jobs',
    max: works ? 4 : 2,
    migrate: false,
    createSchema: false,
    supervise: works,
    superviseIntervalSeconds: 10,
    monitorIntervalSeconds: 10,
    schedule: works,
    reindex: false, // the tables belong to the migrations' owner
    monitorVacuum: false,
    useListenNotify: works,
  })
  boss.on('error', (error) => config.onError(withoutClient(error)))
  await boss.start()

  return {
    send: async (tx, name, payload, options = {}) => {
      await boss.send(name, JOBS[name].parse(payload), {
        db: inTransaction(tx),
        ...(options.startAfterSeconds !== undefined && { startAfter: options.startAfterSeconds }),
      })
    },
    work: async (handlers, { concurrency = 1, cron = {} } = {}) => {
      for (const name of Object.keys(handlers) as JobName[]) await workOn(boss, name, handlers, concurrency)
      for (const [name, expression] of Object.entries(cron)) await boss.schedule(name, expression, {})
    },
    close: (drainMs = 8_000) => boss.stop({ graceful: true, timeout: drainMs, close: true }),
  }
}

/** What the other driver (pool.ts) takes by these names, as this one takes it. */
function tlsOf(ssl: PoolOptions['ssl']): boolean | { rejectUnauthorized: false } {
  return ssl === 'require' ? { rejectUnauthorized: false } : ssl === true || ssl === 'verify-full'
}

async function workOn<Name extends JobName>(
  boss: PgBoss,
  name: Name,
  handlers: JobHandlers,
  concurrency: number,
) {
  const handler = handlers[name]
  if (!handler) return
  await boss.work(
    name,
    {
      localConcurrency: concurrency,
      pollingIntervalSeconds: 1,
      notifyPollingIntervalSeconds: 1,
      includeMetadata: true,
    },
    async ([job]: JobWithMetadata<unknown>[]) => {
      if (!job) return
      await handler(JOBS[name].parse(job.data) as JobPayload<Name>, {
        id: job.id,
        attempt: job.retryCount + 1,
        isLastAttempt: job.retryCount >= job.retryLimit,
        signal: job.signal,
      })
    },
  )
}

function inTransaction(tx: WriteTx): Db {
  return {
    executeSql: async (text, values = []) => ({
      rows: [...(await tx.sql.unsafe(text, values as never[], { prepare: true }))],
    }),
  }
}

/** The driver hangs its whole connection on its errors, which fills a page of the log. */
function withoutClient(error: Error): Error {
  if ('client' in error) delete error.client
  return error
}

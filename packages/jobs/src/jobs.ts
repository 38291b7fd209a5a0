import type { PoolOptions, WriteTx } from '@arv/database'
import { type Db, type JobWithMetadata, PgBoss } from 'pg-boss'
import { connectionOf } from './connection.ts'
import { countJobs, type QueueCount } from './count-jobs.ts'
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
  /** Rejects with the reason while queues can't be reached, or nothing works on those that it was told to work on. */
  ready(): Promise<void>
  /** How many jobs of the queues that it works on wait, run or have failed. */
  count(): Promise<QueueCount[]>
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
  readonly observer?: JobsObserver
}

/** Is told how runs go. */
export interface JobsObserver {
  /** Around each run. @param trace what `trace()` said where the job was sent */
  run(queue: string, trace: string | undefined, handle: () => Promise<void>): Promise<void>
  /** What a job that is sent now carries, so that its run can be traced back; undefined when it need not. */
  trace(): string | undefined
}

const LONGEST_SILENCE_MS = 30_000

/** The key in a job's data, beside its payload, for what an observer wants to have carried. */
const TRACE = '$trace'

/** pg-boss as the whole platform uses it: schema and queues exist already, and no right to make any. */
export async function startJobs(config: JobsConfig): Promise<Jobs> {
  const works = config.mode === 'work'
  const boss = new PgBoss({
    ...connectionOf(config),
    options: `-c role=arv_${config.subgraph}`,
    max: works ? 4 : 2,
    supervise: works,
    superviseIntervalSeconds: 10,
    monitorIntervalSeconds: 10,
    schedule: works,
    useListenNotify: works,
  })
  boss.on('error', (error) => config.onError(withoutClient(error)))
  await boss.start()
  const working: JobName[] = []

  return {
    send: async (tx, name, payload, options = {}) => {
      const trace = config.observer?.trace()
      const data = { ...JOBS[name].parse(payload), ...(trace !== undefined && { [TRACE]: trace }) }
      await boss.send(name, data, {
        db: inTransaction(tx),
        ...(options.startAfterSeconds !== undefined && { startAfter: options.startAfterSeconds }),
      })
    },
    work: async (handlers, { concurrency = 1, cron = {} } = {}) => {
      for (const name of Object.keys(handlers) as JobName[]) {
        await workOn(boss, name, { handlers, concurrency, observer: config.observer })
        working.push(name)
      }
      for (const [name, expression] of Object.entries(cron)) await boss.schedule(name, expression, {})
    },
    ready: async () => {
      await boss.getDb().executeSql('select 1')
      const stuck = working.filter((name) => !isPolled(boss, name))
      if (stuck.length > 0) throw new Error(`nothing works on ${stuck.join(', ')}`)
    },
    count: () => countJobs(boss.getDb(), working),
    close: (drainMs = 8_000) => boss.stop({ graceful: true, timeout: drainMs, close: true }),
  }
}

interface Work {
  readonly handlers: JobHandlers
  readonly concurrency: number
  readonly observer: JobsObserver | undefined
}

async function workOn<Name extends JobName>(
  boss: PgBoss,
  name: Name,
  { handlers, concurrency, observer }: Work,
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
      const { payload, trace } = unpack(job.data)
      const handle = async () =>
        handler(JOBS[name].parse(payload) as JobPayload<Name>, {
          id: job.id,
          attempt: job.retryCount + 1,
          isLastAttempt: job.retryCount >= job.retryLimit,
          signal: job.signal,
        })
      await (observer ? observer.run(name, trace, handle) : handle())
    },
  )
}

/** Jobs that pg-boss copies (to the queue of the abandoned) keep what they carried. */
function unpack(data: unknown): { readonly payload: unknown; readonly trace: string | undefined } {
  if (typeof data !== 'object' || data === null || !(TRACE in data))
    return { payload: data, trace: undefined }
  const { [TRACE]: trace, ...payload } = data
  return { payload, trace: typeof trace === 'string' ? trace : undefined }
}

/** A worker asks its queue each second, unless it is busy with a job. */
function isPolled(boss: PgBoss, name: JobName): boolean {
  return boss
    .getWipData()
    .some(
      (worker) =>
        worker.name === name &&
        (worker.count > 0 || Date.now() - (worker.lastFetchedOn ?? worker.createdOn) < LONGEST_SILENCE_MS),
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

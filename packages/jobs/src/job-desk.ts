import type { PoolOptions } from '@arv/database'
import { PgBoss } from 'pg-boss'
import { connectionOf } from './connection.ts'
import { countJobs, type QueueCount } from './count-jobs.ts'
import { failureReason } from './failure-reason.ts'
import { JOBS } from './job-catalogue.ts'

/** A job that waits, runs or has failed. */
export interface ListedJob {
  readonly id: string
  readonly queue: string
  readonly state: QueueCount['state']
  /** How often it ran. */
  readonly runs: number
  /** Since when it has been due, has run, or has failed; negative while it is not due. */
  readonly ageSeconds: number
  /** Why the last run failed; undefined before one did. */
  readonly reason: string | undefined
}

/** For the person who looks after the queues. */
export interface JobDesk {
  count(): Promise<QueueCount[]>
  /** Failed ones first, the latest first. */
  list(limit: number): Promise<ListedJob[]>
  /** Lets a failed job run once more. */
  retry(id: string): Promise<'retried' | 'not failed' | 'unknown'>
  /** Lets a recurring job run now, beside its hours; unknown is one that does not recur. */
  run(queue: string): Promise<'sent' | 'waits already' | 'unknown'>
  close(): Promise<void>
}

export interface JobDeskConfig {
  /** Of a login that may read and change the queues as it is: the owner's. */
  readonly url: string
  readonly ssl?: PoolOptions['ssl']
}

interface Row {
  readonly id: string
  readonly name: string
  readonly state: QueueCount['state']
  readonly runs: number
  readonly age: number
  readonly output: unknown
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export async function openJobDesk(config: JobDeskConfig): Promise<JobDesk> {
  const boss = new PgBoss({ ...connectionOf(config), max: 1, supervise: false, schedule: false })
  // Of connections that break; the call that needed one rejects with the same.
  boss.on('error', () => undefined)
  await boss.start()
  const db = boss.getDb()
  return {
    count: async () => {
      const { rows }: { rows: { name: string }[] } = await db.executeSql(
        String.raw`select name from jobs.queue where name not like '\_\_%' order by name`,
      )
      return countJobs(
        db,
        rows.map(({ name }) => name),
      )
    },
    list: async (limit) => {
      const { rows }: { rows: Row[] } = await db.executeSql(
        String.raw`select id, name, output,
           case when state in ('created', 'retry') then 'waiting' else state::text end as state,
           case when state in ('created', 'retry') and started_on is null then 0 else retry_count + 1 end as runs,
           extract(epoch from now() -
             case state when 'active' then started_on when 'failed' then completed_on else start_after end)::float as age
         from jobs.job
         where state in ('created', 'retry', 'active', 'failed') and name not like '\_\_%'
         order by state = 'failed' desc, state = 'active' desc, age, id
         limit $1`,
        [limit],
      )
      return rows.map(({ id, name: queue, state, runs, age: ageSeconds, output }) => {
        const reason = output === null ? undefined : failureReason(output)
        return { id, queue, state, runs, ageSeconds, reason }
      })
    },
    retry: async (id) => {
      if (!UUID.test(id)) return 'unknown'
      const { rows }: { rows: { name: string; state: string }[] } = await db.executeSql(
        'select name, state from jobs.job where id = $1::uuid',
        [id],
      )
      const [job] = rows
      if (!job) return 'unknown'
      if (job.state !== 'failed') return 'not failed'
      await boss.retry(job.name, id)
      return 'retried'
    },
    run: async (queue) => {
      // What recurs is about everything that there is: it needs no company and no id.
      const job = Object.entries(JOBS).find(([name]) => name === queue)?.[1]
      if (!job?.safeParse({}).success) return 'unknown'
      return (await boss.send(queue, {})) === null ? 'waits already' : 'sent'
    },
    close: () => boss.stop({ graceful: false, close: true }),
  }
}

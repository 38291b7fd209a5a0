import type { Db } from 'pg-boss'

/** How many jobs of a queue are in a state. */
export interface QueueCount {
  readonly queue: string
  /** `waiting` for their first run or another one, `active`, or `failed` for good. */
  readonly state: 'waiting' | 'active' | 'failed'
  readonly jobs: number
  /** Since when the oldest has been due, has run, or has failed; 0 when there is none. */
  readonly oldestSeconds: number
}

const STATES = ['waiting', 'active', 'failed'] as const

/** @returns one for every queue and state, so that a graph falls to zero instead of ending */
export async function countJobs(
  db: Pick<Db, 'executeSql'>,
  queues: readonly string[],
): Promise<QueueCount[]> {
  const { rows }: { rows: Row[] } = await db.executeSql(
    `select name, case when state in ('created', 'retry') then 'waiting' else state::text end as state,
       count(*)::int as jobs,
       greatest(0, extract(epoch from now() - min(
         case state when 'active' then started_on when 'failed' then completed_on else start_after end)))::float as age
     from jobs.job
     where name = any ($1) and state in ('created', 'retry', 'active', 'failed')
     group by 1, 2`,
    [queues],
  )
  const found = new Map(rows.map((row) => [`${row.name} ${row.state}`, row]))
  return queues.flatMap((queue) =>
    STATES.map((state) => {
      const { jobs = 0, age = 0 } = found.get(`${queue} ${state}`) ?? {}
      return { queue, state, jobs, oldestSeconds: age }
    }),
  )
}

interface Row {
  readonly name: string
  readonly state: string
  readonly jobs: number
  readonly age: number
}

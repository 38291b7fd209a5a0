import { setTimeout as delay } from 'node:timers/promises'
import { companies } from '@arv/database'
import type postgres from 'postgres'
import { type ContentWorker, startContentWorker } from './content-worker.ts'

const CONTENTS = 10_000
const YEAR_CONTENTS = 200

/**
 * How long it takes until all rotations are written down that were due at once, with one event each. The floor writes
 * the same rows and events and decides nothing: one transaction for each content, three at a time.
 */
export async function benchRotation(print: (line: string) => void): Promise<void> {
  const worker = await startContentWorker()
  try {
    await seed(worker.sql, { companies: 100, contents: CONTENTS })
    const floor = await settleBare(worker)
    print(line('floor: a bare transaction for each', CONTENTS, floor))
    for (const clocks of [1, 2]) {
      await makeDue(worker.sql)
      const took = await settle(worker, clocks)
      print(`${line(`${clocks} clock(s), 100 companies`, CONTENTS, took)}, ${ratio(floor, took)}`)
    }
    await worker.sql`truncate content.ar_contents, content.rotation_schedules, content.videos cascade`
    await seed(worker.sql, { companies: CONTENTS, contents: CONTENTS })
    await makeDue(worker.sql)
    const scattered = await settle(worker, 1)
    print(
      `${line('1 clock, each content of another company', CONTENTS, scattered)}, ${ratio(floor, scattered)}`,
    )
    await worker.sql`delete from content.rotation_schedules where id not in (
      select id from content.rotation_schedules order by id limit ${YEAR_CONTENTS})`
    await worker.sql`update content.rotation_schedules set rotation_type = 'CRON', time_of_day = null,
      cron_expression = '* * * * *', anchor_at = now() - interval '1 year',
      next_rotation_at = now() - interval '1 year'`
    await worker.sql`update content.ar_contents set next_change_at = now() - interval '1 year'
      where id in (select content_id from content.rotation_schedules)`
    print(line('every minute, after a year of downtime', YEAR_CONTENTS, await settle(worker, 1)))
  } finally {
    await worker.close()
  }
}

/** Contents with three videos that take turns every day at the minute before this one. */
async function seed(sql: postgres.Sql, count: { companies: number; contents: number }): Promise<void> {
  await sql`with made as (
      insert into tenancy.companies (name, slug, storage_connection_id)
      select 'Company ' || gen_random_uuid(), 'company-' || gen_random_uuid(),
        (select id from media.storage_connections where is_default)
      from generate_series(1, ${count.companies}) returning id, storage_connection_id),
    projects as (
      insert into tenancy.projects (company_id, name, slug, folder_path)
      select id, 'Project', 'project', 'projects/project' from made returning company_id, id)
    insert into media.assets (company_id, kind, status, storage_connection_id, file_name, path, mime_type, size_bytes)
    select id, kind, 'READY', storage_connection_id, 'file', kind || id, 'image/jpeg', 1
    from made, unnest(array['IMAGE', 'VIDEO']) kind`
  await sql`insert into content.ar_contents (company_id, project_id, image_id, title)
    select p.company_id, p.id, a.id, 'Content'
    from (select *, row_number() over (order by id desc) from tenancy.projects
        where folder_path = 'projects/project' order by id desc limit ${count.companies}) p
      join media.assets a on a.company_id = p.company_id and a.kind = 'IMAGE',
      generate_series(1, ${count.contents / count.companies})`
  await sql`insert into content.videos (company_id, content_id, file_id, title, rotation_order)
    select c.company_id, c.id, a.id, 'Video', place
    from content.ar_contents c join media.assets a on a.company_id = c.company_id and a.kind = 'VIDEO',
      generate_series(0, 2) place`
  await sql`insert into content.rotation_schedules
      (company_id, content_id, rotation_type, time_of_day, time_zone, video_sequence)
    select company_id, content_id, 'TIME_OF_DAY',
      date_trunc('minute', now() at time zone 'UTC')::time, 'UTC', array_agg(id order by id)
    from content.videos group by company_id, content_id`
  await sql`analyze`
}

/** Two boundaries were missed by everybody. */
async function makeDue(sql: postgres.Sql): Promise<void> {
  await sql`update content.rotation_schedules set anchor_at = now() - interval '47 hours', anchor_index = 0,
    current_index = 0, next_rotation_at = now() - interval '1 day'`
  await sql`update content.ar_contents c set active_video_id = s.video_sequence[1], active_video_rule = 'ROTATION',
    next_change_at = now() - interval '1 day' from content.rotation_schedules s where s.content_id = c.id`
  await sql`vacuum analyze content.ar_contents, content.rotation_schedules`
}

/** Runs clocks until nothing is due, and answers how many milliseconds that took. */
async function settle(worker: ContentWorker, clocks: number): Promise<number> {
  const start = performance.now()
  const stops = Array.from({ length: clocks }, () => worker.startBackground())
  const isDue = async () => {
    const [row] = await worker.sql<{ due: boolean }[]>`select exists (
      select from content.rotation_schedules where next_rotation_at <= now()) as due`
    return row?.due === true
  }
  while (await isDue()) await delay(20)
  const took = performance.now() - start
  await Promise.all(stops.map((stop) => stop()))
  return took
}

async function settleBare({ sql, database, events }: ContentWorker): Promise<number> {
  const contents = await sql<{ id: number; companyId: number; videoId: number }[]>`
    select content_id as id, company_id as "companyId", video_sequence[3] as "videoId"
    from content.rotation_schedules`
  const start = performance.now()
  const left = contents.values()
  const lane = async () => {
    for (const { id, companyId, videoId } of left) {
      await database.write(companies([companyId], { kind: 'job', name: 'bench' }), async (tx) => {
        await tx.sql`update content.ar_contents set active_video_id = ${videoId}, active_video_rule = 'ROTATION'
          where company_id = ${companyId} and id = ${id}`
        await tx.sql`update content.rotation_schedules set current_index = 2
          where company_id = ${companyId} and content_id = ${id}`
        const payload = { reason: 'BOUNDARY', videoId, previousVideoId: null } as const
        await events.append(tx, { type: 'content.active-video', subject: { type: 'content', id }, payload })
      })
    }
  }
  await Promise.all([lane(), lane(), lane()])
  return performance.now() - start
}

function line(what: string, contents: number, ms: number): string {
  const perSecond = Math.round((contents * 1000) / ms)
  return `${what}: ${contents} in ${(ms / 1000).toFixed(1)} s, ${perSecond} a second`
}

function ratio(floor: number, took: number): string {
  return `${(floor / took).toFixed(2)} × the floor`
}

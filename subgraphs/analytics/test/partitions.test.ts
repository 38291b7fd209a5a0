import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Analytics, startAnalytics } from './analytics.ts'

let analytics: Analytics

beforeAll(async () => {
  analytics = await startAnalytics()
})

afterAll(() => analytics.close())

const makePartitions = async () => {
  const handler = analytics.subgraph.jobs['views.partitions']
  await handler?.({}, { id: 'run', attempt: 1, isLastAttempt: false, signal: new AbortController().signal })
}

const partitions = async () => {
  const rows = await analytics.seed.sql<{ name: string }[]>`
    select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'analytics.view_sessions'::regclass order by c.relname`
  return rows.map(({ name }) => name)
}

const monthsFromNow = async () => {
  const rows = await analytics.seed.sql<{ name: string }[]>`
    select 'view_sessions_' || to_char(date_trunc('month', now() at time zone 'UTC') + make_interval(months => m), 'YYYY_MM') as name
    from generate_series(0, 2) m order by 1`
  return rows.map(({ name }) => name)
}

test('this month and the next two have partitions, and making them again changes nothing', async () => {
  const expected = [...(await monthsFromNow()), 'view_sessions_default']
  expect(await partitions()).toEqual(expected)
  await makePartitions()
  expect(await partitions()).toEqual(expected)
})

test('visits that came while nobody made months move to their month', async () => {
  const { seed } = analytics
  const content = await analytics.content(await analytics.project())
  const [month = ''] = await monthsFromNow()
  await seed.sql`drop table ${seed.sql(`analytics.${month}`)}`
  const sessionId = randomUUID()
  await seed.sql`insert into analytics.view_sessions (company_id, content_id, session_id)
    values (${content.project.companyId}, ${content.id}, ${sessionId})`

  await makePartitions()

  const rows = await seed.sql`select tableoid::regclass::text as kept_in from analytics.view_sessions
    where session_id = ${sessionId}`
  expect([...rows]).toEqual([{ kept_in: `analytics.${month}` }])
  const [next] = await seed.sql`insert into analytics.view_sessions (company_id, content_id, session_id)
    values (${content.project.companyId}, ${content.id}, ${randomUUID()}) returning id > 1 as numbered`
  expect(next).toEqual({ numbered: true })
})

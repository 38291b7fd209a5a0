import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  anonymous,
  asObject,
  type ContentUnderTest,
  type SeededTenant,
  seedCompany,
  startContent,
} from './content-under-test.ts'

let content: ContentUnderTest
let acme: SeededTenant

beforeAll(async () => {
  content = await startContent()
  acme = await seedCompany(content.seed)
})

afterAll(() => content.stop())

const run = () =>
  content.subgraph.jobs['events.retention']?.(
    {},
    { id: 'test', attempt: 1, isLastAttempt: true, signal: new AbortController().signal },
  )

async function seedEvents(count: number, age: string) {
  await content.seed.sql`
    insert into log.events (company_id, type, subject_type, subject_id, created_at)
    select ${acme.id}, 'content.details', 'content', 1, now() - ${age}::interval from generate_series(1, ${count})`
}

const left = async () => {
  const [row] = await content.seed.sql<{ events: number; horizon: string }[]>`
    select (select count(*)::int from log.events) as events, tx::text as horizon from log.event_horizon`
  return { events: row?.events ?? 0, horizon: BigInt(row?.horizon ?? 0) }
}

test('events older than a week are forgotten, and their cursors with them', async () => {
  const { uniqueId } = await content.seed.content(acme.id, acme.projectId, acme.imageId, {
    published_at: new Date(0),
  })
  const query = `query ($uniqueId: UUID!) { viewerContent(uniqueId: $uniqueId) { cursor } }`
  const seen = async () =>
    asObject((await content.data(anonymous, query, { uniqueId }))['viewerContent'])['cursor']
  const old = await seen()
  await seedEvents(25_000, '8 days')
  await seedEvents(3, '6 days')
  expect((await left()).horizon).toBe(0n)
  await run()
  const after = await left()
  expect(after.events).toBe(3)
  expect(after.horizon).toBeGreaterThan(0n)

  const changed = `subscription ($uniqueId: UUID!, $after: String) {
    viewerContentChanged(uniqueId: $uniqueId, after: $after) { cursor } }`
  const late = await content.subscribe(anonymous, changed, { uniqueId, after: old })
  expect(await late.nextErrors()).toMatchObject([{ extensions: { code: 'CURSOR_EXPIRED' } }])
  await late.close()
  const inTime = await content.subscribe(anonymous, changed, { uniqueId, after: await seen() })
  expect(await inTime.isSilent()).toBe(true)
  await inTime.close()
})

test('where there is nothing to forget, the horizon stays where it is', async () => {
  const before = await left()
  await run()
  expect(await left()).toEqual(before)
})

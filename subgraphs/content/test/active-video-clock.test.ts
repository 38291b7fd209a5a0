import { setTimeout as delay } from 'node:timers/promises'
import { toGlobalId } from '@arv/relay'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
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

const inMs = (ms: number) => new Date(Date.now() + ms)

/** A content with a default video and one with a window, as a change would have stored it. */
async function seedWindow({ opens, closes }: { opens: Date; closes: Date | null }) {
  const { id } = await content.seed.content(acme.id, acme.projectId, acme.imageId)
  const always = (await content.seed.video(acme.id, id, acme.videoFileId, { title: 'always' })).id
  const season = (
    await content.seed.video(acme.id, id, acme.videoFileId, {
      title: 'season',
      schedule_start: opens,
      schedule_end: closes,
    })
  ).id
  await content.seed.sql`update content.ar_contents
    set active_video_id = ${always}, active_video_rule = 'DEFAULT', next_change_at = ${opens} where id = ${id}`
  return { id, always, season }
}

const read = async (id: number) => {
  const query =
    'query ($id: ID!) { arContent(id: $id) { activeVideo { title } activeVideoReason nextChangeAt } }'
  return asObject((await content.data(acme.viewer, query, { id: toGlobalId('ArContent', id) }))['arContent'])
}

const stored = async (id: number) => {
  const [row] = await content.seed.sql<{ rule: string; next: Date | null; version: number }[]>`
    select active_video_rule as rule, next_change_at as next, version from content.ar_contents where id = ${id}`
  return row
}

async function withClocks<T>(clocks: number, act: () => Promise<T>): Promise<T> {
  const stops = Array.from({ length: clocks }, () => content.subgraph.startBackground?.())
  try {
    return await act()
  } finally {
    for (const stop of stops) await stop?.()
  }
}

describe('a boundary', () => {
  test('that nobody has written down yet is already seen by who reads, and nothing is written', async () => {
    const { id } = await seedWindow({ opens: inMs(-1000), closes: new Date('2120-01-01T00:00:00Z') })
    expect(await read(id)).toEqual({
      activeVideo: { title: 'season' },
      activeVideoReason: 'WINDOW',
      nextChangeAt: '2120-01-01T00:00:00.000Z',
    })
    expect(await stored(id)).toMatchObject({ rule: 'DEFAULT', version: 1 })
  })

  test('is written down within two seconds, once, whoever is at it', async () => {
    const { id, always, season } = await seedWindow({ opens: inMs(1200), closes: inMs(2400) })
    await withClocks(3, async () => {
      await expect.poll(async () => (await stored(id))?.rule, { timeout: 4000, interval: 50 }).toBe('WINDOW')
      await expect.poll(async () => (await stored(id))?.rule, { timeout: 4000, interval: 50 }).toBe('DEFAULT')
    })
    expect(await content.eventsOf('content.active-video', id)).toEqual([
      { reason: 'WINDOW_OPENED', videoId: season, previousVideoId: always },
      { reason: 'WINDOW_CLOSED', videoId: always, previousVideoId: season },
    ])
    expect(await stored(id)).toEqual({ rule: 'DEFAULT', next: null, version: 1 })
    const rows = await content.seed.sql<{ late: number }[]>`
      select extract(epoch from e.created_at - case e.payload ->> 'reason'
        when 'WINDOW_OPENED' then v.schedule_start else v.schedule_end end)::float8 as late
      from log.events e, content.videos v where e.subject_id = ${id} and v.id = ${season}`
    for (const { late } of rows) {
      expect(late).toBeGreaterThanOrEqual(0)
      expect(late).toBeLessThan(2)
    }
  })

  test('that was missed with others is one event, and none when nothing else plays in the end', async () => {
    const both = await seedWindow({ opens: inMs(-60_000), closes: inMs(-30_000) })
    const one = await seedWindow({ opens: inMs(-60_000), closes: null })
    await withClocks(1, () =>
      expect.poll(async () => (await stored(both.id))?.next, { timeout: 4000 }).toBeNull(),
    )
    await expect.poll(async () => (await stored(one.id))?.rule).toBe('WINDOW')
    expect(await content.eventsOf('content.active-video', both.id)).toEqual([])
    expect(await content.eventsOf('content.active-video', one.id)).toHaveLength(1)
  })

  test('ends a takeover for good', async () => {
    const { id, always } = await seedWindow({ opens: inMs(-60_000), closes: inMs(-30_000) })
    await content.seed.sql`update content.ar_contents set active_video_rule = 'MANUAL',
      manual_video_id = ${always}, manual_since = ${inMs(-90_000)} where id = ${id}`
    await withClocks(1, () =>
      expect.poll(async () => (await stored(id))?.rule, { timeout: 4000 }).toBe('DEFAULT'),
    )
    const [row] = await content.seed
      .sql`select manual_video_id, manual_since from content.ar_contents where id = ${id}`
    expect({ ...row }).toEqual({ manual_video_id: null, manual_since: null })
  })

  test('of a deleted content is nobody’s concern', async () => {
    const { id } = await seedWindow({ opens: inMs(-1000), closes: null })
    await content.seed.sql`update content.ar_contents set deleted_at = now() where id = ${id}`
    await withClocks(1, () => delay(300))
    expect(await stored(id)).toMatchObject({ rule: 'DEFAULT' })
  })

  test('is not waited for when a hundred contents have one at the same time', async () => {
    const opens = inMs(-1000)
    const seeded = []
    for (let made = 0; made < 120; made++) seeded.push(await seedWindow({ opens, closes: null }))
    await withClocks(2, () =>
      expect
        .poll(
          async () => {
            const [row] = await content.seed.sql<{ left: number }[]>`
              select count(*)::int as left from content.ar_contents
              where next_change_at <= now() and deleted_at is null`
            return row?.left
          },
          { timeout: 15_000 },
        )
        .toBe(0),
    )
    const [row] = await content.seed.sql<{ events: number }[]>`
      select count(*)::int as events from log.events where subject_id = any (${seeded.map(({ id }) => id)})`
    expect(row?.events).toBe(120)
  })
})

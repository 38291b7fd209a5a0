import { setTimeout as delay } from 'node:timers/promises'
import { toGlobalId } from '@arv/relay'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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

/** A content whose videos one, two and three take turns at a time of the day in UTC, as a change would have stored it. */
async function seedRotation(columns: Readonly<Record<string, string | number | Date | null>>) {
  const { id, uniqueId } = await content.seed.content(acme.id, acme.projectId, acme.imageId, {
    marker_status: 'COMPLETED',
    published_at: new Date(0),
  })
  const ids: number[] = []
  for (const title of ['one', 'two', 'three']) {
    ids.push((await content.seed.video(acme.id, id, acme.videoFileId, { title })).id)
  }
  const [first = 0, second = 0, third = 0] = ids
  const anchorAt = inMs(-10 * DAY_MS)
  await content.seed.sql`insert into content.rotation_schedules ${content.seed.sql({
    company_id: acme.id,
    content_id: id,
    rotation_type: 'TIME_OF_DAY',
    time_of_day: timeInUtc(1500),
    time_zone: 'UTC',
    video_sequence: ids,
    anchor_at: anchorAt,
    next_rotation_at: inMs(1500),
    ...columns,
  })}`
  await content.seed.sql`update content.ar_contents set active_video_id = ${first},
    active_video_rule = 'ROTATION', next_change_at = ${columns['next_rotation_at'] ?? inMs(1500)} where id = ${id}`
  return { id, uniqueId, first, second, third }
}

const DAY_MS = 86_400_000

/** What clocks in UTC show so many milliseconds from now, in whole seconds. */
function timeInUtc(ms: number): string {
  return inMs(ms).toISOString().slice(11, 19)
}

const schedule = async (contentId: number) => {
  const [row] = await content.seed.sql<
    {
      index: number
      anchor: number
      anchoredAt: Date
      last: Date | null
      next: Date | null
      version: number
    }[]
  >`select current_index as index, anchor_index as anchor, anchor_at as "anchoredAt", last_rotation_at as last, next_rotation_at as next, version
    from content.rotation_schedules where content_id = ${contentId}`
  if (!row) throw new Error('there is no schedule')
  return row
}

const played = async (contentId: number) => {
  const rows = await content.seed.sql<{ video: number; rule: string; since: Date; actor: string }[]>`
    select video_id as video, rule, since, actor from content.video_activations
    where content_id = ${contentId} order by id`
  return rows.map((row) => ({ ...row }))
}

describe('the turn of a rotation', () => {
  test('changes within two seconds, once, however many clocks there are', async () => {
    const at = new Date(Math.ceil(Date.now() / 1000) * 1000 + 1000)
    const { id, first, second } = await seedRotation({
      time_of_day: at.toISOString().slice(11, 19),
      anchor_at: inMs(-60_000),
      next_rotation_at: at,
    })
    await withClocks(4, () =>
      expect.poll(async () => (await schedule(id)).index, { timeout: 5000, interval: 50 }).toBe(1),
    )
    expect(await content.eventsOf('content.active-video', id)).toEqual([
      { reason: 'BOUNDARY', videoId: second, previousVideoId: first },
    ])
    expect(await schedule(id)).toEqual({
      index: 1,
      anchor: 1,
      anchoredAt: at,
      last: at,
      next: new Date(at.getTime() + DAY_MS),
      version: 1,
    })
    expect(await played(id)).toEqual([
      { video: second, rule: 'ROTATION', since: at, actor: 'job:active-video-clock' },
    ])
    const [event] = await content.seed.sql<{ late: number }[]>`
      select extract(epoch from created_at - ${at})::float8 as late from log.events where subject_id = ${id}`
    expect(event?.late).toBeGreaterThanOrEqual(0)
    expect(event?.late).toBeLessThan(2)
  })

  test('that changed ten times while nothing ran is one event, of what plays now', async () => {
    const { id, first, second } = await seedRotation({
      time_of_day: timeInUtc(-60_000),
      next_rotation_at: inMs(-9 * DAY_MS),
    })
    await withClocks(2, () => expect.poll(async () => (await schedule(id)).index, { timeout: 5000 }).toBe(1))
    expect(await content.eventsOf('content.active-video', id)).toEqual([
      { reason: 'BOUNDARY', videoId: second, previousVideoId: first },
    ])
    const [{ since } = { since: new Date(0) }] = await played(id)
    expect(since.toISOString().slice(11, 19)).toBe(timeInUtc(-60_000).slice(0, 8))
  })

  test('goes on unseen while another video has its window', async () => {
    const { id } = await seedRotation({ time_of_day: timeInUtc(-60_000), next_rotation_at: inMs(-60_000) })
    await content.seed.sql`update content.videos set schedule_start = ${inMs(-DAY_MS)}
      where content_id = ${id} and title = 'three'`
    await content.seed.sql`update content.ar_contents set next_change_at = null,
      active_video_id = (select id from content.videos where content_id = ${id} and title = 'three'),
      active_video_rule = 'WINDOW' where id = ${id}`
    await withClocks(1, () => expect.poll(async () => (await schedule(id)).index, { timeout: 5000 }).toBe(1))
    expect(await content.eventsOf('content.active-video', id)).toEqual([])
    expect(await stored(id)).toMatchObject({ rule: 'WINDOW' })
  })

  test.each([
    ['an hour ahead and was set right', -3_600_000],
    ['an hour behind and was set right', 3_600_000],
  ])('changes once a day although the clock was %s', async (_what, jump) => {
    // To a row it is the same whether the clock jumps or everything that was written down.
    const { id } = await seedRotation({
      time_of_day: timeInUtc(-60_000),
      anchor_at: inMs(-DAY_MS),
      next_rotation_at: inMs(-60_000),
    })
    await withClocks(1, () => expect.poll(async () => (await schedule(id)).index, { timeout: 5000 }).toBe(1))
    const shift = `${-jump} milliseconds`
    await content.seed.sql`update content.rotation_schedules set anchor_at = anchor_at + ${shift}::interval,
      time_of_day = ${timeInUtc(-60_000 - jump)} where content_id = ${id}`
    await content.seed
      .sql`update content.rotation_schedules set next_rotation_at = now() where content_id = ${id}`
    await content.seed.sql`update content.ar_contents set next_change_at = now() where id = ${id}`
    await withClocks(2, () =>
      expect
        .poll(async () => (await schedule(id)).next?.getTime(), { timeout: 5000 })
        .toBeGreaterThan(Date.now()),
    )
    const { index, anchoredAt, next } = await schedule(id)
    expect(index).toBe(1)
    expect(Number(next) - Number(anchoredAt)).toBe(DAY_MS)
    expect(await content.eventsOf('content.active-video', id)).toHaveLength(1)
  })

  test('is seen by visitors although nobody has written it down yet', async () => {
    const { id, uniqueId } = await seedRotation({
      time_of_day: timeInUtc(-60_000),
      anchor_at: inMs(-DAY_MS),
      next_rotation_at: inMs(-60_000),
    })
    const query = `query ($uniqueId: UUID!) { viewerContent(uniqueId: $uniqueId) {
      activeVideo { title } activeVideoReason nextChangeAt } }`
    const { viewerContent } = await content.data(anonymous, query, { uniqueId })
    expect(viewerContent).toMatchObject({ activeVideo: { title: 'two' }, activeVideoReason: 'ROTATION' })
    const turn = `query ($id: ID!) { arContent(id: $id) { activeVideo { title } rotation { currentIndex } } }`
    expect(await content.data(acme.viewer, turn, { id: toGlobalId('ArContent', id) })).toEqual({
      arContent: { activeVideo: { title: 'two' }, rotation: { currentIndex: 1 } },
    })
    expect(await schedule(id)).toMatchObject({ index: 0 })
  })

  test('stays where it is when the company moves to another time zone, and changes by its clocks', async () => {
    const { id, second } = await seedRotation({
      time_of_day: '12:00:00',
      time_zone: null,
      current_index: 1,
      anchor_index: 1,
      anchor_at: inMs(-1000),
      next_rotation_at: inMs(DAY_MS),
    })
    await content.seed.sql`update content.ar_contents set active_video_id = ${second} where id = ${id}`
    await content.seed.sql`update tenancy.companies set time_zone = 'Asia/Kathmandu' where id = ${acme.id}`
    const run = { id: 'test', attempt: 1, isLastAttempt: false, signal: new AbortController().signal }
    await content.subgraph.jobs['rotation.zone-changed']?.({ companyId: acme.id }, run)
    const { index, next } = await schedule(id)
    expect(index).toBe(1)
    // Noon in Kathmandu.
    expect(next?.toISOString().slice(11)).toBe('06:15:00.000Z')
    expect(await content.eventsOf('content.active-video', id)).toEqual([])
  })
})

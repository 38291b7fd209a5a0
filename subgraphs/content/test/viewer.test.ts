import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { toGlobalId } from '@arv/relay'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import {
  anonymous,
  asObject,
  asText,
  type ContentUnderTest,
  type Json,
  type SeededTenant,
  seedCompany,
  startContent,
} from './content-under-test.ts'

let content: ContentUnderTest
let acme: SeededTenant
const open: { close: () => Promise<void> }[] = []

beforeAll(async () => {
  content = await startContent()
  acme = await seedCompany(content.seed)
})

afterEach(async () => {
  for (const subscriber of open.splice(0)) await subscriber.close()
})

afterAll(() => content.stop())

const inMs = (ms: number) => new Date(Date.now() + ms)

/** A published content with a marker and two videos, of which the first plays. */
async function seedLive(columns = {}, { projectId = acme.projectId } = {}) {
  const marker = await content.seed.asset(acme.id, { kind: 'MARKER' })
  const row = await content.seed.content(acme.id, projectId, acme.imageId, {
    title: 'Poster',
    description: 'Blue',
    marker_status: 'COMPLETED',
    marker_rating: 4,
    marker_file_id: marker.id,
    published_at: new Date(0),
    ...columns,
  })
  const one = await content.seed.video(acme.id, row.id, acme.videoFileId, { title: 'one' })
  const two = await content.seed.video(acme.id, row.id, acme.videoFileId, { title: 'two' })
  await content.seed.sql`update content.ar_contents
    set active_video_id = ${one.id}, active_video_rule = 'DEFAULT' where id = ${row.id}`
  return { ...row, markerPublicId: marker.publicId, one, two }
}

// A file's public id is for the gateway only, so that it is in this subgraph's schema and not in the supergraph.
const FIELDS = `uniqueId title description cursor image { publicId } marker { publicId }
  activeVideo { uniqueId title file { publicId } } activeVideoReason nextChangeAt expiresAt`

const read = async (uniqueId: string, caller = anonymous) => {
  const query = `query ($uniqueId: UUID!) { viewerContent(uniqueId: $uniqueId) { ${FIELDS} } }`
  return (await content.data(caller, query, { uniqueId }))['viewerContent']
}

const CHANGED = `subscription ($uniqueId: UUID!, $after: String) {
  viewerContentChanged(uniqueId: $uniqueId, after: $after) { cursor at reason content { ${FIELDS} } }
}`

async function subscribe(uniqueId: string, after?: unknown) {
  const subscriber = await content.subscribe(anonymous, CHANGED, { uniqueId, after })
  open.push(subscriber)
  return subscriber
}

const activate = (id: number) =>
  content.mutate(acme.editor, 'activateVideo', 'video { id }', { id: toGlobalId('Video', id) })
const publish = (id: number) =>
  content.mutate(acme.editor, 'publishArContent', 'content { id }', { id: toGlobalId('ArContent', id) })
const unpublish = (id: number) =>
  content.mutate(acme.editor, 'unpublishArContent', 'content { id }', { id: toGlobalId('ArContent', id) })

describe('what a visitor sees', () => {
  test('of a live content is all there is to show it', async () => {
    const live = await seedLive()
    expect(await read(live.uniqueId)).toEqual({
      uniqueId: live.uniqueId,
      title: 'Poster',
      description: 'Blue',
      cursor: expect.stringMatching(/^[\w-]+$/),
      image: { publicId: acme.imagePublicId },
      marker: { publicId: live.markerPublicId },
      activeVideo: { uniqueId: live.one.uniqueId, title: 'one', file: { publicId: acme.videoPublicId } },
      activeVideoReason: 'DEFAULT',
      nextChangeAt: null,
      expiresAt: null,
    })
  })

  test('is the same for a member', async () => {
    const live = await seedLive()
    const { cursor: _, ...seen } = asObject(await read(live.uniqueId, acme.viewer))
    expect(asObject(await read(live.uniqueId))).toMatchObject(seen)
  })

  test('of a portrait is its picture and its marker', async () => {
    const uniqueId = randomUUID()
    await content.seed
      .sql`insert into content.portraits (company_id, unique_id, image_id, storage_connection_id)
      select ${acme.id}, ${uniqueId}, ${acme.imageId}, id from media.storage_connections where is_default`
    expect(await read(uniqueId)).toMatchObject({
      title: null,
      image: { publicId: acme.imagePublicId },
      marker: null,
      activeVideo: null,
      activeVideoReason: 'NONE',
    })
  })

  test('is what plays at this instant, also when a boundary was not written down yet', async () => {
    const live = await seedLive({})
    await content.seed
      .sql`update content.videos set schedule_start = ${inMs(-1000)} where id = ${live.two.id}`
    await content.seed
      .sql`update content.ar_contents set next_change_at = ${inMs(-1000)} where id = ${live.id}`
    expect(await read(live.uniqueId)).toMatchObject({
      activeVideo: { title: 'two' },
      activeVideoReason: 'WINDOW',
      nextChangeAt: null,
    })
  })

  test.each([
    ['is not published', { published_at: null }],
    ['is switched off', { is_active: false }],
    ['has expired', { expires_at: new Date(0) }],
    ['was deleted', { deleted_at: new Date(0) }],
  ])('is nothing when the content %s', async (_what, columns) => {
    const { uniqueId } = await seedLive(columns)
    expect(await read(uniqueId)).toBeNull()
  })

  test.each([
    ['is archived', { archived_at: new Date(0) }],
    ['has expired', { expires_at: new Date(0) }],
    ['has not begun', { starts_at: new Date('2120-01-01') }],
  ])('is nothing when the project %s', async (_what, columns) => {
    const projectId = await content.seed.project(acme.id, columns)
    const { uniqueId } = await seedLive({}, { projectId })
    expect(await read(uniqueId)).toBeNull()
  })

  test('is nothing when the company is switched off, or nobody knows the id', async () => {
    const off = await seedCompany(content.seed)
    await content.seed.sql`update tenancy.companies set is_active = false where id = ${off.id}`
    const row = await content.seed.content(off.id, off.projectId, off.imageId, { published_at: new Date(0) })
    expect(await read(row.uniqueId)).toBeNull()
    expect(await read(randomUUID())).toBeNull()
  })

  test('is there through the grace of a subscription that has ended, and ends with it', async () => {
    const company = await seedCompany(content.seed)
    const marked = { published_at: new Date(0) }
    const row = await content.seed.content(company.id, company.projectId, company.imageId, marked)
    const portraitId = randomUUID()
    await content.seed
      .sql`insert into content.portraits (company_id, unique_id, image_id, storage_connection_id)
      select ${company.id}, ${portraitId}, ${company.imageId}, id from media.storage_connections where is_default`
    const endSubscription = (at: Date) =>
      content.seed.sql`update tenancy.companies set subscription_expires_at = ${at} where id = ${company.id}`
    const graceMs = 7 * 86_400_000
    await endSubscription(inMs(60_000 - graceMs))
    const shown = { image: { publicId: company.imagePublicId }, expiresAt: null }
    expect([await read(row.uniqueId), await read(portraitId)]).toMatchObject([shown, shown])
    await endSubscription(inMs(-graceMs))
    expect([await read(row.uniqueId), await read(portraitId)]).toEqual([null, null])
  })

  test('of many is read at once', async () => {
    const lives = [await seedLive(), await seedLive(), await seedLive()]
    const query = `{ ${lives.map(({ uniqueId }, i) => `c${i}: viewerContent(uniqueId: "${uniqueId}") { title }`).join(' ')} }`
    const title = { title: 'Poster' }
    expect(await content.data(anonymous, query)).toEqual({ c0: title, c1: title, c2: title })
  })
})

describe('a visitor is told', () => {
  test('when another video plays', async () => {
    const live = await seedLive()
    const subscriber = await subscribe(live.uniqueId)
    await activate(live.two.id)
    const change = await subscriber.next()
    expect(change).toMatchObject({
      at: expect.stringMatching(/Z$/),
      reason: 'VIDEO',
      content: { activeVideo: { title: 'two' }, activeVideoReason: 'MANUAL' },
    })
    expect(change['cursor']).toBe(asObject(change['content'])['cursor'])
  })

  test('when a window opens, by itself', async () => {
    const live = await seedLive()
    await content.seed.sql`update content.videos set schedule_start = ${inMs(1000)} where id = ${live.two.id}`
    await activate(live.one.id)
    const subscriber = await subscribe(live.uniqueId)
    const stop = content.subgraph.startBackground?.()
    expect(await subscriber.next()).toMatchObject({
      reason: 'VIDEO',
      content: { activeVideo: { title: 'two' } },
    })
    await stop?.()
  })

  test('when there is another marker, and not while it is compiled', async () => {
    const live = await seedLive({ marker_status: 'PENDING' })
    const subscriber = await subscribe(live.uniqueId)
    const file = await content.seed.asset(acme.id, { kind: 'MARKER' })
    const report = (outcome: Parameters<typeof content.report>[0]['outcome']) =>
      content.report({
        companyId: acme.id,
        subject: { type: 'content', id: live.id },
        generation: 1,
        attempt: 1,
        outcome,
      })
    await report({ status: 'PROCESSING' })
    expect(await subscriber.isSilent()).toBe(true)
    await report({ status: 'COMPLETED', fileId: file.id, rating: 3, featureCount: 100 })
    expect(await subscriber.next()).toMatchObject({
      reason: 'MARKER',
      content: { marker: { publicId: file.publicId } },
    })
  })

  test('when it is withdrawn, and when it is back', async () => {
    const live = await seedLive()
    const subscriber = await subscribe(live.uniqueId)
    await unpublish(live.id)
    expect(await subscriber.next()).toMatchObject({ reason: 'VALIDITY', content: null })
    await publish(live.id)
    expect(await subscriber.next()).toMatchObject({ reason: 'VALIDITY', content: { title: 'Poster' } })
  })

  test('when it is published, having waited without knowing whether there is anything', async () => {
    const live = await seedLive({ published_at: null })
    const subscriber = await subscribe(live.uniqueId)
    await activate(live.two.id)
    expect(await subscriber.isSilent()).toBe(true)
    await publish(live.id)
    expect(await subscriber.next()).toMatchObject({
      reason: 'VALIDITY',
      content: { activeVideo: { title: 'two' } },
    })
  })

  test('when the content expires, although nobody writes anything', async () => {
    const expiresAt = inMs(1200)
    const live = await seedLive({ expires_at: expiresAt })
    const subscriber = await subscribe(live.uniqueId)
    const change = await subscriber.next()
    expect(change).toMatchObject({ reason: 'VALIDITY', content: null })
    const lateMs = Date.parse(asText(change['at'])) - expiresAt.getTime()
    expect(lateMs).toBeGreaterThanOrEqual(0)
    expect(lateMs).toBeLessThan(1000)
    expect(await subscriber.isSilent()).toBe(true)
  })

  test('when the project ends, and when one begins', async () => {
    const ending = await seedLive(
      {},
      { projectId: await content.seed.project(acme.id, { expires_at: inMs(1200) }) },
    )
    const beginning = await seedLive(
      {},
      { projectId: await content.seed.project(acme.id, { starts_at: inMs(1200) }) },
    )
    const [ends, begins] = [await subscribe(ending.uniqueId), await subscribe(beginning.uniqueId)]
    expect(await ends.next()).toMatchObject({ reason: 'VALIDITY', content: null })
    expect(await begins.next()).toMatchObject({ reason: 'VALIDITY', content: { title: 'Poster' } })
  })

  test('when the grace of a company’s subscription ends', async () => {
    const company = await seedCompany(content.seed)
    const row = await content.seed.content(company.id, company.projectId, company.imageId, {
      published_at: new Date(0),
    })
    await content.seed.sql`update tenancy.companies
      set subscription_expires_at = ${inMs(1200 - 7 * 86_400_000)} where id = ${company.id}`
    const subscriber = await subscribe(row.uniqueId)
    expect(await subscriber.next()).toMatchObject({ reason: 'VALIDITY', content: null })
  })

  test.each([
    ['project', 'projects', 'archived_at = now()', 'archived_at = null'],
    ['company', 'companies', 'is_active = false', 'is_active = true'],
  ] as const)('at once when the %s is put away and when it is back', async (type, table, away, back) => {
    const company = await seedCompany(content.seed)
    const id = type === 'project' ? company.projectId : company.id
    const row = await content.seed.content(company.id, company.projectId, company.imageId, {
      published_at: new Date(0),
    })
    const other = await seedLive()
    const [subscriber, elsewhere] = [await subscribe(row.uniqueId), await subscribe(other.uniqueId)]
    // As tenancy does it: the change and its event in one transaction.
    const change = (assignment: string) =>
      content.seed.sql.begin(async (sql) => {
        await sql.unsafe(`update tenancy.${table} set ${assignment} where id = ${id}`)
        await sql`insert into log.events (company_id, type, subject_type, subject_id)
          values (${company.id}, ${`${type}.validity`}, ${type}, ${id})`
      })
    await change(away)
    expect(await subscriber.next()).toMatchObject({ reason: 'VALIDITY', content: null })
    await change(back)
    expect(await subscriber.next()).toMatchObject({ reason: 'VALIDITY', content: { uniqueId: row.uniqueId } })
    expect(await elsewhere.isSilent()).toBe(true)
  })

  test('not at once of an end that is further away than a timer reaches', async () => {
    const live = await seedLive({ expires_at: '2120-01-01T00:00:00Z' })
    const subscriber = await subscribe(live.uniqueId)
    expect(await subscriber.isSilent()).toBe(true)
  })

  test('what changed since the cursor seen last, and nothing twice', async () => {
    const live = await seedLive()
    const { cursor } = asObject(await read(live.uniqueId))
    await activate(live.two.id)
    const subscriber = await subscribe(live.uniqueId, cursor)
    const change = await subscriber.next()
    expect(change).toMatchObject({ reason: 'VIDEO', content: { activeVideo: { title: 'two' } } })
    expect(await subscriber.isSilent()).toBe(true)
    const again = await subscribe(live.uniqueId, change['cursor'])
    expect(await again.isSilent()).toBe(true)
    await activate(live.one.id)
    expect(await again.next()).toMatchObject({ content: { activeVideo: { title: 'one' } } })
  })

  test('that it was withdrawn while they were away, by somebody or by its dates', async () => {
    const withdrawn = await seedLive()
    const expired = await seedLive({ expires_at: inMs(400) })
    const cursors = [withdrawn, expired].map(async ({ uniqueId }) => asObject(await read(uniqueId))['cursor'])
    const [one, two] = await Promise.all(cursors)
    await unpublish(withdrawn.id)
    await delay(500)
    for (const [live, cursor] of [
      [withdrawn, one],
      [expired, two],
    ] as const) {
      const subscriber = await subscribe(live.uniqueId, cursor)
      expect(await subscriber.next()).toMatchObject({ reason: 'VALIDITY', content: null })
      expect(await subscriber.isSilent()).toBe(true)
    }
  })

  test('only the newest state when they are slow', async () => {
    const live = await seedLive()
    const subscriber = await subscribe(live.uniqueId)
    for (let round = 0; round < 5; round++) {
      await activate(live.two.id)
      await activate(live.one.id)
    }
    await delay(500)
    const seen: Json[] = []
    while (!(await subscriber.isSilent(500))) seen.push(await subscriber.next())
    expect(seen.length).toBeLessThan(5)
    expect(seen.at(-1)).toMatchObject({ content: { activeVideo: { title: 'one' } } })
  })

  test('nothing about what does not exist, and may go at any time', async () => {
    const subscriber = await subscribe(randomUUID())
    expect(await subscriber.isSilent()).toBe(true)
    await subscriber.close()
  })

  test('that their cursor is none of ours', async () => {
    const live = await seedLive()
    expect(await content.refusal(anonymous, CHANGED, { uniqueId: live.uniqueId, after: 'x' })).toEqual([
      {
        message: 'This cursor is not one that a subscription or a query has returned.',
        extensions: { code: 'BAD_USER_INPUT', field: 'after' },
      },
    ])
  })
})

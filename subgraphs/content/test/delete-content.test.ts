import { toGlobalId } from '@arv/relay'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import {
  anonymous,
  asObject,
  type ContentUnderTest,
  type Json,
  type SeededTenant,
  seedCompany,
  startContent,
} from './content-under-test.ts'

let content: ContentUnderTest
let acme: SeededTenant
let rival: SeededTenant
const open: { close: () => Promise<void> }[] = []

beforeAll(async () => {
  content = await startContent()
  acme = await seedCompany(content.seed)
  rival = await seedCompany(content.seed)
})

afterEach(async () => {
  for (const subscriber of open.splice(0)) await subscriber.close()
})

afterAll(() => content.stop())

const DAY_MS = 86_400_000
const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS)

/** A published content with files of its own, and a video that plays. */
async function seedLive(columns = {}) {
  const image = await content.seed.asset(acme.id)
  const marker = await content.seed.asset(acme.id, { kind: 'MARKER' })
  const clip = await content.seed.asset(acme.id, { kind: 'VIDEO' })
  const row = await content.seed.content(acme.id, acme.projectId, image.id, {
    marker_status: 'COMPLETED',
    marker_rating: 4,
    marker_file_id: marker.id,
    published_at: new Date(0),
    ...columns,
  })
  const video = await content.seed.video(acme.id, row.id, clip.id)
  await content.seed.sql`update content.ar_contents
    set active_video_id = ${video.id}, active_video_rule = 'MANUAL', manual_video_id = ${video.id},
      manual_since = now() where id = ${row.id}`
  await content.seed.sql`insert into content.rotation_schedules
    (company_id, content_id, rotation_type, time_of_day, video_sequence)
    values (${acme.id}, ${row.id}, 'TIME_OF_DAY', '10:00', ${[video.id]})`
  return { ...row, fileIds: [image.id, marker.id, clip.id] }
}

const globalId = (id: number) => toGlobalId('ArContent', id)
const remove = (id: number, input: Json = {}, caller = acme.editor) =>
  content.mutate(caller, 'deleteArContent', 'deletedContentId', { id: globalId(id), ...input })
const restore = (id: number, caller = acme.editor) =>
  content.mutate(caller, 'restoreArContent', 'content { id deletedAt version marker { status } }', {
    id: globalId(id),
  })

const seen = async (uniqueId: string) => {
  const query = `query ($uniqueId: UUID!) { viewerContent(uniqueId: $uniqueId) { uniqueId } }`
  return (await content.data(anonymous, query, { uniqueId }))['viewerContent']
}

const read = async (id: number) =>
  (await content.data(acme.viewer, 'query ($id: ID!) { arContent(id: $id) { id } }', { id: globalId(id) }))[
    'arContent'
  ]

/** The company's list: of those that are there, or of those that can be restored. */
async function listed(filter: Json) {
  const query = `query ($r: [_Any!]!, $filter: ArContentFilter) {
    _entities(representations: $r) { ... on Company {
      contents(first: 100, filter: $filter) { edges { node { id deletedAt restorableUntil } } }
    } }
  }`
  const r = [{ __typename: 'Company', id: acme.globalId }]
  const data = await content.data(acme.viewer, query, { r, filter })
  const [company] = Array.isArray(data['_entities']) ? data['_entities'] : []
  const { edges } = asObject(asObject(company)['contents'])
  return Array.isArray(edges) ? edges.map((edge) => asObject(asObject(edge)['node'])) : []
}

const rowsOf = async (id: number) => {
  const [row] = await content.seed.sql<{ contents: number; videos: number; schedules: number }[]>`
    select (select count(*)::int from content.ar_contents where id = ${id}) as contents,
      (select count(*)::int from content.videos where content_id = ${id}) as videos,
      (select count(*)::int from content.rotation_schedules where content_id = ${id}) as schedules`
  return { ...row }
}
const discarded = async () => (await content.waitingJobs('assets.discard')).map((job) => job['assetIds'])

describe('a content that is deleted', () => {
  test('is gone for visitors at once, and for everybody’s lists, but for that of the deleted', async () => {
    const live = await seedLive()
    const query = `subscription ($uniqueId: UUID!) { viewerContentChanged(uniqueId: $uniqueId) { reason content { title } } }`
    const visitor = await content.subscribe(anonymous, query, { uniqueId: live.uniqueId })
    open.push(visitor)

    expect(await remove(live.id)).toEqual({ deletedContentId: globalId(live.id), userErrors: [] })
    expect(await visitor.next()).toEqual({ reason: 'VALIDITY', content: null })
    expect(await seen(live.uniqueId)).toBeNull()
    expect(await read(live.id)).toBeNull()
    expect((await listed({})).map(({ id }) => id)).not.toContain(globalId(live.id))
    const entry = (await listed({ deleted: true })).find(({ id }) => id === globalId(live.id))
    const deletedAt = Date.parse(String(entry?.['deletedAt']))
    expect(Date.parse(String(entry?.['restorableUntil'])) - deletedAt).toBe(30 * DAY_MS)

    expect(await remove(live.id)).toMatchObject({ userErrors: [{ code: 'NOT_FOUND', field: ['id'] }] })
    expect(await discarded()).toEqual([])
  })

  test('comes back as it was when it is restored', async () => {
    const live = await seedLive()
    await remove(live.id)
    expect(await restore(live.id)).toEqual({
      content: { id: globalId(live.id), deletedAt: null, version: 3, marker: { status: 'COMPLETED' } },
      userErrors: [],
    })
    expect(await seen(live.uniqueId)).toEqual({ uniqueId: live.uniqueId })
    expect(await content.auditOf('ArContent', live.id)).toMatchObject([
      { action: 'content.delete' },
      { action: 'content.restore' },
    ])
    expect(await restore(live.id)).toMatchObject({ userErrors: [{ code: 'NOT_FOUND' }] })
  })

  test('while its marker is compiled leaves no file, and has it compiled anew when it is restored', async () => {
    const row = await content.seed.content(acme.id, acme.projectId, acme.imageId, {
      marker_status: 'PROCESSING',
      marker_attempts: 1,
    })
    await remove(row.id)
    const file = await content.seed.asset(acme.id, { kind: 'MARKER' })
    const subject = { type: 'content', id: row.id } as const
    const outcome = { status: 'COMPLETED', fileId: file.id, rating: 5, featureCount: 400 } as const
    const report = { companyId: acme.id, subject, generation: 1, attempt: 1, outcome }
    await content.report(report)
    expect(await discarded()).toContainEqual([file.id])

    expect(await restore(row.id)).toMatchObject({ content: { marker: { status: 'PENDING' } } })
    expect((await content.waitingJobs('marker.compile')).at(-1)).toEqual({
      companyId: acme.id,
      subject,
      imageId: acme.imageId,
      generation: 2,
    })
    await content.report(report)
    expect(await content.eventsOf('marker.status', row.id)).toEqual([{ status: 'PENDING' }])
  })

  test('can be restored for 30 days and no longer', async () => {
    const [young, old] = [
      await seedLive({ deleted_at: daysAgo(29.9) }),
      await seedLive({ deleted_at: daysAgo(30.1) }),
    ]
    const ids = (await listed({ deleted: true })).map(({ id }) => id)
    expect(ids).toContain(globalId(young.id))
    expect(ids).not.toContain(globalId(old.id))
    expect(await restore(old.id)).toMatchObject({ userErrors: [{ code: 'NOT_FOUND' }] })
    expect(await restore(young.id)).toMatchObject({ userErrors: [] })
  })

  test('is nobody else’s to delete or to restore', async () => {
    const live = await seedLive()
    expect(await remove(live.id, {}, acme.viewer)).toMatchObject({ userErrors: [{ code: 'FORBIDDEN' }] })
    expect(await remove(live.id, {}, rival.owner)).toMatchObject({ userErrors: [{ code: 'NOT_FOUND' }] })
    await remove(live.id)
    expect(await restore(live.id, rival.owner)).toMatchObject({ userErrors: [{ code: 'NOT_FOUND' }] })
  })
})

describe('a purge', () => {
  test('removes what can’t be restored any more, and gives its files away', async () => {
    const [old, young, present] = [
      await seedLive({ deleted_at: daysAgo(31) }),
      await seedLive({ deleted_at: daysAgo(29) }),
      await seedLive(),
    ]
    await content.seed.sql`insert into content.video_activations (company_id, content_id, rule, since)
      values (${acme.id}, ${old.id}, 'NONE', now())`
    await content.purge()
    expect(await rowsOf(old.id)).toEqual({ contents: 0, videos: 0, schedules: 0 })
    expect(await rowsOf(young.id)).toEqual({ contents: 1, videos: 1, schedules: 1 })
    expect(await rowsOf(present.id)).toEqual({ contents: 1, videos: 1, schedules: 1 })
    expect(await discarded()).toContainEqual(old.fileIds)
    expect(await content.auditOf('ArContent', old.id)).toMatchObject([
      { action: 'content.purge', actor: 'job:contents.purge' },
    ])
  })

  test('leaves the visits', async () => {
    const old = await seedLive({ deleted_at: daysAgo(31) })
    await content.seed.sql`insert into analytics.content_views (company_id, content_id, views_count)
      values (${acme.id}, ${old.id}, 7)`
    await content.purge()
    const views = await content.seed.sql`
      select views_count from analytics.content_views where content_id = ${old.id}`
    expect([...views]).toEqual([{ views_count: 7 }])
  })

  test('is done at once for an owner who deletes permanently, also what was deleted before', async () => {
    const [one, other] = [await seedLive(), await seedLive()]
    expect(await remove(one.id, { permanently: true })).toMatchObject({
      userErrors: [{ code: 'FORBIDDEN' }],
    })
    await remove(other.id)
    for (const { id, fileIds } of [one, other]) {
      expect(await remove(id, { permanently: true }, acme.owner)).toMatchObject({
        deletedContentId: globalId(id),
      })
      expect(await rowsOf(id)).toEqual({ contents: 0, videos: 0, schedules: 0 })
      expect(await discarded()).toContainEqual(fileIds)
    }
    expect(await content.auditOf('ArContent', one.id)).toMatchObject([
      { action: 'content.delete' },
      { action: 'content.purge' },
    ])
  })
})

import { toGlobalId } from '@arv/relay'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  anonymous,
  type ContentUnderTest,
  type Json,
  type SeededTenant,
  seedCompany,
  startContent,
} from './content-under-test.ts'

let content: ContentUnderTest
let acme: SeededTenant
let rival: SeededTenant

beforeAll(async () => {
  content = await startContent()
  acme = await seedCompany(content.seed)
  rival = await seedCompany(content.seed)
})

afterAll(() => content.stop())

const video = (id: number) => toGlobalId('Video', id)
const seedContent = async (columns = {}) =>
  (await content.seed.content(acme.id, acme.projectId, acme.imageId, columns)).id
const seedVideo = async (contentId: number, columns = {}) =>
  (await content.seed.video(acme.id, contentId, acme.videoFileId, columns)).id

const VIDEO =
  'video { title isActive content { id } rotationOrder scheduleStart scheduleEnd file { id } version }'

const add = (contentId: number, input: Json = {}, caller = acme.editor) =>
  content.mutate(caller, 'addVideo', VIDEO, {
    contentId: toGlobalId('ArContent', contentId),
    fileId: toGlobalId('Asset', acme.videoFileId),
    title: 'Clip',
    ...input,
  })

const activate = (id: string, caller = acme.editor) =>
  content.mutate(
    caller,
    'activateVideo',
    'video { id isActive } content { id activeVideo { id } activeVideoReason videos { id isActive } }',
    { id },
  )

const active = async (contentId: number) => {
  const query = `query ($id: ID!) { arContent(id: $id) {
    activeVideo { title } activeVideoReason nextChangeAt videos { title isActive } } }`
  const data = await content.data(acme.viewer, query, { id: toGlobalId('ArContent', contentId) })
  return data['arContent']
}

describe('adding a video', () => {
  test('answers with every field, and plays it when it is the first', async () => {
    const contentId = await seedContent()
    expect(await add(contentId, { title: ' Clip one ' })).toEqual({
      video: {
        title: 'Clip one',
        isActive: true,
        content: { id: toGlobalId('ArContent', contentId) },
        rotationOrder: 0,
        scheduleStart: null,
        scheduleEnd: null,
        file: { id: toGlobalId('Asset', acme.videoFileId) },
        version: 1,
      },
      userErrors: [],
    })
    expect(await active(contentId)).toEqual({
      activeVideo: { title: 'Clip one' },
      activeVideoReason: 'DEFAULT',
      nextChangeAt: null,
      videos: [{ title: 'Clip one', isActive: true }],
    })
    const [event] = await content.eventsOf('content.active-video', contentId)
    expect(event).toEqual({ reason: 'VIDEO_ADDED', videoId: expect.any(Number), previousVideoId: null })
    expect(await content.auditOf('Video', Number(event?.['videoId']))).toMatchObject([
      { action: 'video.add', changes: { contentId, title: 'Clip one', rotationOrder: 0 } },
    ])
  })

  test('puts it after the last one, and changes nothing about what plays', async () => {
    const contentId = await seedContent()
    await add(contentId, { title: 'one', rotationOrder: 7 })
    expect(await add(contentId, { title: 'two' })).toMatchObject({
      video: { rotationOrder: 8, isActive: false },
    })
    expect(await active(contentId)).toMatchObject({
      activeVideo: { title: 'one' },
      videos: [
        { title: 'one', isActive: true },
        { title: 'two', isActive: false },
      ],
    })
    expect(await content.eventsOf('content.active-video', contentId)).toHaveLength(1)
  })

  test('plays it when its window is open, and says when that ends', async () => {
    const contentId = await seedContent()
    await add(contentId, { title: 'always' })
    await add(contentId, {
      title: 'season',
      scheduleStart: '2020-01-01T00:00:00Z',
      scheduleEnd: '2120-01-01T00:00:00Z',
    })
    expect(await active(contentId)).toMatchObject({
      activeVideo: { title: 'season' },
      activeVideoReason: 'WINDOW',
      nextChangeAt: '2120-01-01T00:00:00.000Z',
    })
  })

  test('whose window opens later says when something plays', async () => {
    const contentId = await seedContent()
    await add(contentId, { scheduleStart: '2120-01-01T00:00:00Z' })
    expect(await active(contentId)).toMatchObject({
      activeVideo: null,
      activeVideoReason: 'NONE',
      nextChangeAt: '2120-01-01T00:00:00.000Z',
    })
    expect(await content.eventsOf('content.active-video', contentId)).toEqual([])
  })

  test.each([
    ['no title', { title: ' ' }, 'INVALID', 'title', 'The title must have 1 to 200 characters.'],
    [
      'a rotation order below 0',
      { rotationOrder: -1 },
      'INVALID',
      'rotationOrder',
      'The rotation order must be from 0 to 1000000.',
    ],
    [
      'a window that ends as it starts',
      { scheduleStart: '2026-01-01T00:00:00Z', scheduleEnd: '2026-01-01T01:00:00+01:00' },
      'INVALID',
      'scheduleEnd',
      'The window must end after it starts.',
    ],
    ['a malformed file', { fileId: 'x' }, 'NOT_FOUND', 'fileId', 'There is no such video file.'],
    ['a malformed content', { contentId: 'x' }, 'NOT_FOUND', 'contentId', 'There is no such content.'],
  ])('refuses %s', async (_what, input, code, field, message) => {
    const contentId = await seedContent()
    expect(await add(contentId, input)).toEqual({
      video: null,
      userErrors: [{ code, field: [field], message }],
    })
  })

  test('refuses an image, another tenant’s file, and another tenant', async () => {
    const contentId = await seedContent()
    expect(await add(contentId, { fileId: toGlobalId('Asset', acme.imageId) })).toMatchObject({
      userErrors: [{ code: 'INVALID', field: ['fileId'], message: 'This file is not a video.' }],
    })
    expect(await add(contentId, { fileId: toGlobalId('Asset', rival.videoFileId) })).toMatchObject({
      userErrors: [{ code: 'NOT_FOUND', field: ['fileId'], message: 'There is no such video file.' }],
    })
    expect(await add(contentId, {}, rival.owner)).toMatchObject({
      userErrors: [{ code: 'NOT_FOUND', field: ['contentId'], message: 'There is no such content.' }],
    })
    expect(await add(contentId, {}, acme.viewer)).toMatchObject({ userErrors: [{ code: 'FORBIDDEN' }] })
  })

  test('refuses the 101st', async () => {
    const contentId = await seedContent()
    for (let made = 0; made < 99; made++) await seedVideo(contentId)
    const added = await Promise.all([add(contentId), add(contentId), add(contentId)])
    const refused = added.filter((payload) => payload['video'] === null)
    expect(refused).toEqual([
      {
        video: null,
        userErrors: [
          { code: 'LIMIT_REACHED', field: ['contentId'], message: 'A content may have at most 100 videos.' },
        ],
      },
      refused[0],
    ])
  })
})

describe('activating a video', () => {
  test('takes over, and says what plays now', async () => {
    const contentId = await seedContent()
    await add(contentId, { title: 'one' })
    await add(contentId, { title: 'two' })
    const rows = await content.seed.sql<{ id: number }[]>`
      select id from content.videos where content_id = ${contentId} order by id`
    const [one = 0, two = 0] = rows.map(({ id }) => id)
    expect(await activate(video(two))).toEqual({
      video: { id: video(two), isActive: true },
      content: {
        id: toGlobalId('ArContent', contentId),
        activeVideo: { id: video(two) },
        activeVideoReason: 'MANUAL',
        videos: [
          { id: video(one), isActive: false },
          { id: video(two), isActive: true },
        ],
      },
      userErrors: [],
    })
    expect((await content.eventsOf('content.active-video', contentId)).at(-1)).toEqual({
      reason: 'ACTIVATED',
      videoId: two,
      previousVideoId: one,
    })
    expect(await content.auditOf('Video', two)).toMatchObject([
      { action: 'video.add' },
      { action: 'video.activate', changes: { contentId, previousVideoId: one } },
    ])
  })

  test('again is no change', async () => {
    const contentId = await seedContent()
    const id = await seedVideo(contentId)
    await activate(video(id))
    await activate(video(id))
    expect(await content.eventsOf('content.active-video', contentId)).toHaveLength(1)
  })

  test('lasts until the window of another video opens', async () => {
    const contentId = await seedContent()
    const id = await seedVideo(contentId)
    await seedVideo(contentId, { schedule_start: '2120-01-01T00:00:00Z' })
    await activate(video(id))
    expect(await active(contentId)).toMatchObject({
      activeVideoReason: 'MANUAL',
      nextChangeAt: '2120-01-01T00:00:00.000Z',
    })
  })

  test('refuses a video outside its window, or whose file is not ready', async () => {
    const contentId = await seedContent()
    const refused = {
      video: null,
      content: null,
      userErrors: [
        {
          code: 'INVALID',
          field: ['id'],
          message: 'This video may not play now: it is not ready, or outside its window.',
        },
      ],
    }
    const later = await seedVideo(contentId, { schedule_start: '2120-01-01T00:00:00Z' })
    expect(await activate(video(later))).toEqual(refused)
    const file = await content.seed.asset(acme.id, { kind: 'VIDEO', status: 'FAILED' })
    const { id } = await content.seed.video(acme.id, contentId, file.id)
    expect(await activate(video(id))).toEqual(refused)
  })

  test('answers alike for another tenant’s, another type’s, a malformed and a nonexistent id', async () => {
    const id = await seedVideo(await seedContent())
    const refused = {
      video: null,
      content: null,
      userErrors: [{ code: 'NOT_FOUND', field: ['id'], message: 'There is no such video.' }],
    }
    expect(await activate(video(id), rival.owner)).toEqual(refused)
    for (const other of [toGlobalId('ArContent', id), 'nonsense', video(999_999)]) {
      expect(await activate(other)).toEqual(refused)
    }
    const gone = await seedVideo(await seedContent({ deleted_at: new Date() }))
    expect(await activate(video(gone))).toEqual(refused)
  })

  test('takes the role EDITOR', async () => {
    const id = await seedVideo(await seedContent())
    expect(await activate(video(id), acme.viewer)).toMatchObject({ userErrors: [{ code: 'FORBIDDEN' }] })
    const query = 'mutation { activateVideo(input: { id: "x" }) { video { id } } }'
    expect(await content.execute(anonymous, query)).toMatchObject({
      errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    })
  })

  test('fifty at once leave exactly one active, with an unbroken chain of events', async () => {
    const contentId = await seedContent()
    const ids: number[] = []
    for (let made = 0; made < 50; made++) ids.push(await seedVideo(contentId))
    const payloads = await Promise.all(ids.map((id) => activate(video(id))))
    expect(payloads.flatMap((payload) => payload['userErrors'])).toEqual([])

    const [row] = await content.seed.sql<{ active_video_id: number; manual_video_id: number }[]>`
      select active_video_id, manual_video_id from content.ar_contents where id = ${contentId}`
    const state = await active(contentId)
    expect(JSON.stringify(state).match(/"isActive":true/g)).toHaveLength(1)
    const events = await content.eventsOf('content.active-video', contentId)
    expect(events).toHaveLength(50)
    expect(events.map((event) => event['previousVideoId'])).toEqual([
      null,
      ...events.slice(0, -1).map((event) => event['videoId']),
    ])
    expect([row?.active_video_id, row?.manual_video_id]).toEqual([
      events.at(-1)?.['videoId'],
      row?.active_video_id,
    ])
  })

  test('in one operation with others shows each what it did', async () => {
    const contentId = await seedContent()
    const one = await seedVideo(contentId)
    const two = await seedVideo(contentId)
    const fields = '{ content { activeVideo { id } videos { isActive } } }'
    const query = `mutation { one: activateVideo(input: { id: "${video(one)}" }) ${fields}
      two: activateVideo(input: { id: "${video(two)}" }) ${fields} }`
    expect(await content.data(acme.editor, query)).toEqual({
      one: {
        content: { activeVideo: { id: video(one) }, videos: [{ isActive: true }, { isActive: false }] },
      },
      two: {
        content: { activeVideo: { id: video(two) }, videos: [{ isActive: false }, { isActive: true }] },
      },
    })
  })
})

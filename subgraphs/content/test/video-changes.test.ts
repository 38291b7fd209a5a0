import { toGlobalId } from '@arv/relay'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
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

const video = (id: number | undefined) => toGlobalId('Video', id ?? 0)
const hour = 3_600_000
const inHours = (hours: number) => new Date(Date.now() + hours * hour).toISOString()

/** A content with so many videos; the first plays, as the API would have it. */
async function seedVideos(count: number) {
  const { id: contentId } = await content.seed.content(acme.id, acme.projectId, acme.imageId)
  const ids: number[] = []
  for (let place = 0; place < count; place++) {
    const columns = { rotation_order: place, title: `Video ${place}` }
    ids.push((await content.seed.video(acme.id, contentId, acme.videoFileId, columns)).id)
  }
  // Whatever changes the videos writes down what plays.
  await update(ids[0], { title: 'First' })
  return { contentId, ids }
}

const update = (id: number | undefined, input: Json, caller = acme.editor) =>
  content.mutate(caller, 'updateVideo', 'video { title rotationOrder scheduleStart scheduleEnd version }', {
    id: video(id),
    ...input,
  })
const remove = (id: number | undefined, caller = acme.editor) =>
  content.mutate(
    caller,
    'removeVideo',
    'removedVideoId content { activeVideo { id } activeVideoReason videos { id } }',
    { id: video(id) },
  )
const reorder = (contentId: number, ids: (number | undefined)[], caller = acme.editor) =>
  content.mutate(caller, 'reorderVideos', 'content { activeVideo { id } videos { id rotationOrder } }', {
    contentId: toGlobalId('ArContent', contentId),
    videoIds: ids.map(video),
  })
const events = (contentId: number) => content.eventsOf('content.active-video', contentId)
const lastEvent = async (contentId: number) => (await events(contentId)).at(-1)

describe('changing a video', () => {
  test('changes what is given, leaves the rest, and clears what is null', async () => {
    const { ids } = await seedVideos(2)
    const [scheduleStart, scheduleEnd] = [inHours(1), inHours(2)]
    expect(await update(ids[1], { title: ' New ', scheduleStart, scheduleEnd })).toEqual({
      video: { title: 'New', rotationOrder: 1, scheduleStart, scheduleEnd, version: 2 },
      userErrors: [],
    })
    expect(await update(ids[1], { scheduleEnd: null })).toMatchObject({
      video: { title: 'New', scheduleStart, scheduleEnd: null, version: 3 },
    })
    expect(await update(ids[1], { scheduleEnd: null })).toMatchObject({ video: { version: 3 } })
  })

  test('lets another play at once when its window or place says so', async () => {
    const { contentId, ids } = await seedVideos(2)
    await update(ids[1], { scheduleStart: inHours(-1), scheduleEnd: inHours(1) })
    expect(await lastEvent(contentId)).toEqual({
      reason: 'WINDOW_OPENED',
      videoId: ids[1],
      previousVideoId: ids[0],
    })
    await update(ids[1], { scheduleStart: inHours(1), scheduleEnd: inHours(2) })
    expect(await lastEvent(contentId)).toMatchObject({ reason: 'WINDOW_CLOSED', videoId: ids[0] })
    await update(ids[1], { scheduleStart: null, scheduleEnd: null })
    await update(ids[0], { rotationOrder: 7 })
    expect(await lastEvent(contentId)).toMatchObject({ reason: 'SCHEDULE_CHANGED', videoId: ids[1] })
    expect(await events(contentId)).toHaveLength(4)
  })

  test('tells viewers of a new title of what plays', async () => {
    const { contentId, ids } = await seedVideos(2)
    const before = (await content.eventsOf('content.details', contentId)).length
    await update(ids[1], { title: 'Nobody sees it' })
    expect(await content.eventsOf('content.details', contentId)).toHaveLength(before)
    await update(ids[0], { title: 'Everybody sees it' })
    expect(await content.eventsOf('content.details', contentId)).toHaveLength(before + 1)
  })

  test('is refused with what is wrong', async () => {
    const { ids } = await seedVideos(1)
    const [scheduleStart, scheduleEnd] = [inHours(2), inHours(1)]
    const input = { title: null, rotationOrder: -1, scheduleStart, scheduleEnd }
    expect(await update(ids[0], input)).toMatchObject({
      video: null,
      userErrors: [
        { code: 'INVALID', field: ['title'], message: 'This can be changed, but not cleared.' },
        { code: 'INVALID', field: ['rotationOrder'] },
        { code: 'INVALID', field: ['scheduleEnd'], message: 'The window must end after it starts.' },
      ],
    })
  })

  test('from an older version is refused with what has changed', async () => {
    const { ids } = await seedVideos(1)
    await update(ids[0], { title: 'Somebody else’s' })
    expect(await update(ids[0], { title: 'Mine', expectedVersion: 2 })).toMatchObject({
      video: null,
      userErrors: [
        {
          code: 'CONFLICT',
          field: ['expectedVersion'],
          message:
            'Somebody has changed this since (title): it is at version 3. Read it again, and decide anew.',
        },
      ],
    })
  })

  test('takes an editor of its company', async () => {
    const { ids } = await seedVideos(1)
    expect(await update(ids[0], { title: 'x' }, acme.viewer)).toMatchObject({
      userErrors: [{ code: 'FORBIDDEN' }],
    })
    expect(await update(ids[0], { title: 'x' }, rival.editor)).toEqual({
      video: null,
      userErrors: [{ code: 'NOT_FOUND', field: ['id'], message: 'There is no such video.' }],
    })
  })
})

describe('removing a video', () => {
  test('that plays lets the next one play, with one event', async () => {
    const { contentId, ids } = await seedVideos(3)
    expect(await remove(ids[0])).toEqual({
      removedVideoId: video(ids[0]),
      content: {
        activeVideo: { id: video(ids[1]) },
        activeVideoReason: 'DEFAULT',
        videos: [{ id: video(ids[1]) }, { id: video(ids[2]) }],
      },
      userErrors: [],
    })
    expect(await lastEvent(contentId)).toEqual({
      reason: 'VIDEO_REMOVED',
      videoId: ids[1],
      previousVideoId: ids[0],
    })
    expect(await events(contentId)).toHaveLength(2)
  })

  test('that was activated by hand ends that', async () => {
    const { contentId, ids } = await seedVideos(2)
    await content.mutate(acme.editor, 'activateVideo', 'video { id }', { id: video(ids[1]) })
    expect(await remove(ids[1])).toMatchObject({
      content: { activeVideo: { id: video(ids[0]) }, activeVideoReason: 'DEFAULT' },
    })
    expect(await lastEvent(contentId)).toMatchObject({ videoId: ids[0], previousVideoId: ids[1] })
  })

  test('that does not play changes nothing for viewers', async () => {
    const { contentId, ids } = await seedVideos(2)
    await remove(ids[1])
    expect(await events(contentId)).toHaveLength(1)
  })

  test('the last one leaves none to play', async () => {
    const { ids } = await seedVideos(1)
    expect(await remove(ids[0])).toMatchObject({
      content: { activeVideo: null, activeVideoReason: 'NONE', videos: [] },
    })
    expect(await remove(ids[0])).toMatchObject({
      removedVideoId: null,
      userErrors: [{ code: 'NOT_FOUND', field: ['id'] }],
    })
  })

  test('all at once leaves nothing playing and no two events of one video', async () => {
    const { contentId, ids } = await seedVideos(10)
    const answers = await Promise.all(ids.map((id) => remove(id)))
    expect(answers.flatMap(({ userErrors }) => userErrors)).toEqual([])
    const gone = (await events(contentId)).map((event) => event['videoId'])
    expect(gone.at(-1)).toBeNull()
    expect(new Set(gone).size).toBe(gone.length)
  })
})

describe('putting videos in order', () => {
  test('gives each its place, and plays the first as the default', async () => {
    const { contentId, ids } = await seedVideos(3)
    expect(await reorder(contentId, [ids[2], ids[0], ids[1]])).toEqual({
      content: {
        activeVideo: { id: video(ids[2]) },
        videos: [
          { id: video(ids[2]), rotationOrder: 0 },
          { id: video(ids[0]), rotationOrder: 1 },
          { id: video(ids[1]), rotationOrder: 2 },
        ],
      },
      userErrors: [],
    })
    await reorder(contentId, [ids[2], ids[0], ids[1]])
    expect(await events(contentId)).toHaveLength(2)
  })

  test('takes all of them once', async () => {
    const { contentId, ids } = await seedVideos(2)
    for (const wrong of [[], [ids[0]], [ids[0], ids[0]], [ids[0], ids[1], 999_999]]) {
      expect(await reorder(contentId, wrong)).toEqual({
        content: null,
        userErrors: [
          {
            code: 'INVALID',
            field: ['videoIds'],
            message: 'Name every video of the content once, and no other.',
          },
        ],
      })
    }
  })
})

import { toGlobalId } from '@arv/relay'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
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

const CHANGED = `subscription ($companyId: ID!, $contentId: ID, $after: String) {
  rotationChanged(companyId: $companyId, contentId: $contentId, after: $after) {
    cursor at reason
    previousVideo { id } video { id title file { id } isActive }
    content { id title rotation { nextRotationAt } project { id } }
  }
}`

async function subscribe(variables: Json = {}, caller = acme.viewer) {
  const subscriber = await content.subscribe(caller, CHANGED, { companyId: acme.globalId, ...variables })
  open.push(subscriber)
  return subscriber
}

const seedContent = async () => (await content.seed.content(acme.id, acme.projectId, acme.imageId)).id
const seedVideo = async (contentId: number, columns = {}) =>
  (await content.seed.video(acme.id, contentId, acme.videoFileId, columns)).id
const activate = (id: number) =>
  content.mutate(acme.editor, 'activateVideo', 'video { id }', { id: toGlobalId('Video', id) })

describe('a subscription to what plays', () => {
  test('is told which video plays, which did before, and why', async () => {
    const id = await seedContent()
    const [one, two] = [await seedVideo(id, { title: 'one' }), await seedVideo(id, { title: 'two' })]
    const subscriber = await subscribe({ contentId: toGlobalId('ArContent', id) })
    await activate(one)
    await activate(two)
    expect(await subscriber.next()).toMatchObject({
      reason: 'ACTIVATED',
      previousVideo: null,
      video: { title: 'one' },
    })
    expect(await subscriber.next()).toEqual({
      cursor: expect.stringMatching(/^[\w-]+$/),
      at: expect.stringMatching(/Z$/),
      reason: 'ACTIVATED',
      previousVideo: { id: toGlobalId('Video', one) },
      video: {
        id: toGlobalId('Video', two),
        title: 'two',
        file: { id: toGlobalId('Asset', acme.videoFileId) },
        isActive: true,
      },
      content: {
        id: toGlobalId('ArContent', id),
        title: expect.any(String),
        rotation: null,
        project: { id: toGlobalId('Project', acme.projectId) },
      },
    })
  })

  test('is told when a window opens, by itself', async () => {
    const id = await seedContent()
    const always = await seedVideo(id)
    const season = await seedVideo(id, { schedule_start: new Date(Date.now() + 1000) })
    const subscriber = await subscribe({ contentId: toGlobalId('ArContent', id) })
    await activate(always)
    expect(await subscriber.next()).toMatchObject({ reason: 'ACTIVATED' })
    const stop = content.subgraph.startBackground?.()
    expect(await subscriber.next()).toMatchObject({
      reason: 'WINDOW_OPENED',
      previousVideo: { id: toGlobalId('Video', always) },
      video: { id: toGlobalId('Video', season), isActive: true },
    })
    await stop?.()
  })

  test('loses nothing that happened since its cursor, and hears nothing twice', async () => {
    const id = await seedContent()
    const videos = [await seedVideo(id), await seedVideo(id), await seedVideo(id)]
    const contentId = toGlobalId('ArContent', id)
    const first = await subscribe({ contentId })
    for (const video of videos) await activate(video)
    const { cursor } = await first.next()
    const second = await subscribe({ contentId, after: cursor })
    expect([await second.next(), await second.next()]).toMatchObject([
      { video: { id: toGlobalId('Video', videos[1] ?? 0) } },
      { video: { id: toGlobalId('Video', videos[2] ?? 0) } },
    ])
    expect(await second.isSilent()).toBe(true)
  })

  test('of a company hears of all its contents, and of no other company’s', async () => {
    const theirs = await subscribe({ companyId: rival.globalId }, rival.viewer)
    const mine = await subscribe()
    const id = await seedContent()
    await activate(await seedVideo(id))
    expect(await mine.next()).toMatchObject({ content: { id: toGlobalId('ArContent', id) } })
    expect(await theirs.isSilent()).toBe(true)
  })

  test('is refused for another tenant’s company and content', async () => {
    const refused = [
      {
        message: 'There is nothing of this id to subscribe to, or it is not yours to see.',
        extensions: { code: 'FORBIDDEN' },
      },
    ]
    expect(await content.refusal(acme.viewer, CHANGED, { companyId: rival.globalId })).toEqual(refused)
    const contentId = toGlobalId('ArContent', await seedContent())
    expect(await content.refusal(rival.owner, CHANGED, { companyId: rival.globalId, contentId })).toEqual(
      refused,
    )
  })
})

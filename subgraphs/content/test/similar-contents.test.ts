import { toGlobalId } from '@arv/relay'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
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

beforeAll(async () => {
  content = await startContent()
})

afterAll(() => content.stop())

/** Each with a company of its own, so that nobody else's images are compared. */
beforeEach(async () => {
  acme = await seedCompany(content.seed)
  rival = await seedCompany(content.seed)
})

const PHOTO = '01'.repeat(32)
/** The hash of a picture that differs from another's in some bits. */
const otherThan = (hash: string, bits: number) =>
  Array.from(hash, (bit, place) => (place < bits ? String(1 - Number(bit)) : bit)).join('')

const imageOf = async (hash: string, { id } = acme) =>
  (await content.seed.asset(id, { perceptual_hash: hash })).id

/** A content that could be published, or is. */
async function seedContent(hash: string, columns = {}, { id, projectId } = acme) {
  const marker = await content.seed.asset(id, { kind: 'MARKER' })
  const row = await content.seed.content(id, projectId, await imageOf(hash, { ...acme, id }), {
    title: 'Poster',
    marker_status: 'COMPLETED',
    marker_rating: 4,
    marker_file_id: marker.id,
    published_at: new Date(0),
    ...columns,
  })
  const file = await content.seed.asset(id, { kind: 'VIDEO' })
  await content.seed.video(id, row.id, file.id)
  return row.id
}

const globalId = (id: number) => toGlobalId('ArContent', id)

async function create(hash: string, input: Json = {}) {
  return content.mutate(acme.editor, 'createArContent', 'content { id } similar { id title }', {
    projectId: toGlobalId('Project', acme.projectId),
    imageId: toGlobalId('Asset', await imageOf(hash)),
    title: 'Copy',
    ...input,
  })
}

const change = (field: string, id: number, input: Json = {}) =>
  content.mutate(acme.editor, field, 'content { id } similar { id }', { id: globalId(id), ...input })

const twinsOf = (payload: Json) => ({
  code: Array.isArray(payload['userErrors']) ? asObject(payload['userErrors'][0] ?? {})['code'] : null,
  similar: payload['similar'],
})

describe('an image that resembles another content’s', () => {
  test('is refused at creation, with what it resembles', async () => {
    const twin = await seedContent(PHOTO)
    expect(await create(otherThan(PHOTO, 8))).toEqual({
      content: null,
      similar: [{ id: globalId(twin), title: 'Poster' }],
      userErrors: [
        {
          code: 'CONFLICT',
          field: ['imageId'],
          message: `The image resembles that of “Poster” (${globalId(twin)}), so that phones may take one for the other: choose another image, or say "allowSimilar".`,
        },
      ],
    })
    expect(await content.waitingJobs('marker.compile')).toEqual([])
  })

  test('is refused for the sake of a draft, too, and of an image that waits', async () => {
    const draft = await seedContent(PHOTO, { published_at: null })
    expect(twinsOf(await create(PHOTO))).toEqual({
      code: 'CONFLICT',
      similar: [{ id: globalId(draft), title: 'Poster' }],
    })
    const next = otherThan(PHOTO, 32)
    const waiting = await seedContent(otherThan(PHOTO, 16), { next_image_id: await imageOf(next) })
    expect(twinsOf(await create(next))).toEqual({
      code: 'CONFLICT',
      similar: [{ id: globalId(waiting), title: 'Poster' }],
    })
  })

  test('is fine when it differs in more, is of others, or nobody sees that one any more', async () => {
    const past = new Date(Date.now() - 1000)
    await seedContent(otherThan(PHOTO, 9))
    await seedContent(PHOTO, {}, rival)
    await seedContent(PHOTO, { deleted_at: past })
    await seedContent(PHOTO, { is_active: false })
    await seedContent(PHOTO, { expires_at: past })
    const archived = await content.seed.project(acme.id, { archived_at: past })
    await seedContent(PHOTO, {}, { ...acme, projectId: archived })
    expect(await create(PHOTO)).toMatchObject({ similar: [], userErrors: [] })
  })

  test('is fine when somebody says so, from then on', async () => {
    await seedContent(PHOTO)
    const created = asObject((await create(PHOTO, { allowSimilar: true }))['content'])
    const marker = await content.seed.asset(acme.id, { kind: 'MARKER' })
    const id = Number(Buffer.from(String(created['id']), 'base64url').toString().split(':')[1])
    await content.seed.sql`update content.ar_contents
      set marker_status = 'COMPLETED', marker_rating = 4, marker_file_id = ${marker.id} where id = ${id}`
    await content.seed.video(acme.id, id, acme.videoFileId)
    expect(await change('publishArContent', id)).toMatchObject({ userErrors: [] })
  })

  test('is refused as another image of a content, which is no twin of itself', async () => {
    const twin = await seedContent(PHOTO)
    const id = await seedContent(otherThan(PHOTO, 30))
    const input = { imageId: toGlobalId('Asset', await imageOf(PHOTO)) }
    expect(twinsOf(await change('updateArContent', id, input))).toEqual({
      code: 'CONFLICT',
      similar: [{ id: globalId(twin) }],
    })
    expect(await change('updateArContent', id, { ...input, allowSimilar: true })).toMatchObject({
      userErrors: [],
    })
    const own = { imageId: toGlobalId('Asset', await imageOf(otherThan(PHOTO, 31))) }
    expect(await change('updateArContent', id, own)).toMatchObject({ userErrors: [] })
  })

  test('is refused when it comes to be shown: published, switched on, prolonged or restored', async () => {
    const twin = await seedContent(PHOTO)
    const refused = { code: 'CONFLICT', similar: [{ id: globalId(twin) }] }
    const draft = await seedContent(PHOTO, { published_at: null })
    const off = await seedContent(PHOTO, { is_active: false })
    const expired = await seedContent(PHOTO, { expires_at: new Date(Date.now() - 1000) })
    const deleted = await seedContent(PHOTO, { deleted_at: new Date() })
    expect(twinsOf(await change('publishArContent', draft))).toEqual(refused)
    expect(twinsOf(await change('updateArContent', off, { isActive: true }))).toEqual(refused)
    expect(twinsOf(await change('updateArContent', expired, { expiresAt: null }))).toEqual(refused)
    expect(twinsOf(await change('restoreArContent', deleted))).toEqual(refused)

    expect(await change('updateArContent', off, { title: 'Still off' })).toMatchObject({ userErrors: [] })
    expect(await change('restoreArContent', deleted, { allowSimilar: true })).toMatchObject({
      userErrors: [],
    })
  })

  test('is no obstacle to the first of two drafts', async () => {
    const first = await seedContent(PHOTO, { published_at: null })
    const second = await seedContent(PHOTO, { published_at: null })
    expect(await change('publishArContent', first)).toMatchObject({ userErrors: [] })
    expect(twinsOf(await change('publishArContent', second))).toMatchObject({ code: 'CONFLICT' })
  })

  test('of two who come at the same time is had by one', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => create(PHOTO)))
    expect(answers.filter((answer) => answer['content'] !== null)).toHaveLength(1)
  })
})

test('an image without a hash resembles none', async () => {
  await content.seed.content(acme.id, acme.projectId, acme.imageId)
  const input = { imageId: toGlobalId('Asset', acme.imageId) }
  expect(await create(PHOTO, input)).toMatchObject({ similar: [], userErrors: [] })
})

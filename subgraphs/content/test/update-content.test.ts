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

/** A published content whose marker works. */
async function seedLive(columns = {}) {
  const image = await content.seed.asset(acme.id)
  const marker = await content.seed.asset(acme.id, { kind: 'MARKER' })
  const row = await content.seed.content(acme.id, acme.projectId, image.id, {
    title: 'Poster',
    description: 'Blue',
    marker_status: 'COMPLETED',
    marker_rating: 4,
    marker_feature_count: 200,
    marker_file_id: marker.id,
    published_at: new Date(0),
    ...columns,
  })
  const video = await content.seed.video(acme.id, row.id, acme.videoFileId)
  await content.seed.sql`update content.ar_contents
    set active_video_id = ${video.id}, active_video_rule = 'DEFAULT' where id = ${row.id}`
  return { ...row, image, marker }
}

const FIELDS = `title description isActive expiresAt metadata version image { id } nextImage { id }
  marker { status rating attempts error { code } file { id } }`

const update = (id: number, input: Json, caller = acme.editor) =>
  content.mutate(caller, 'updateArContent', `content { ${FIELDS} }`, {
    id: toGlobalId('ArContent', id),
    ...input,
  })

const read = async (id: number) => {
  const query = `query ($id: ID!) { arContent(id: $id) { ${FIELDS} } }`
  return asObject((await content.data(acme.viewer, query, { id: toGlobalId('ArContent', id) }))['arContent'])
}

const SEEN = `uniqueId title image { publicId } marker { publicId }`
const seen = async (uniqueId: string) => {
  const query = `query ($uniqueId: UUID!) { viewerContent(uniqueId: $uniqueId) { ${SEEN} } }`
  return (await content.data(anonymous, query, { uniqueId }))['viewerContent']
}

async function watch(uniqueId: string) {
  const query = `subscription ($uniqueId: UUID!) {
    viewerContentChanged(uniqueId: $uniqueId) { reason content { ${SEEN} } }
  }`
  const subscriber = await content.subscribe(anonymous, query, { uniqueId })
  open.push(subscriber)
  return subscriber
}

const asset = (id: number) => ({ id: toGlobalId('Asset', id) })
const chooseImage = (id: number, imageId: number) => update(id, { imageId: asset(imageId).id })

async function reportMarker(id: number, generation: number) {
  const file = await content.seed.asset(acme.id, { kind: 'MARKER' })
  const subject = { type: 'content', id } as const
  const outcome = { status: 'COMPLETED', fileId: file.id, rating: 5, featureCount: 400 } as const
  await content.report({ companyId: acme.id, subject, generation, attempt: 1, outcome })
  return file
}

async function reportFailure(id: number, generation: number) {
  const subject = { type: 'content', id } as const
  const outcome = { status: 'FAILED', code: 'TOO_FEW_FEATURES', rating: 0.4, featureCount: 9 } as const
  await content.report({ companyId: acme.id, subject, generation, attempt: 1, outcome })
}

const discarded = async () => (await content.waitingJobs('assets.discard')).flatMap((job) => job['assetIds'])
const compiled = async (id: number) =>
  (await content.waitingJobs('marker.compile'))
    .filter((job) => asObject(job['subject'])['id'] === id)
    .map(({ imageId, generation }) => ({ imageId, generation }))

describe('an update', () => {
  test('changes what is given, clears what is null, and makes one version of it', async () => {
    const { id } = await seedLive({ expires_at: new Date('2126-01-01T00:00:00Z') })
    const changed = await update(id, { title: ' Banner ', description: null, metadata: { shelf: 4 } })
    expect(changed).toMatchObject({
      content: {
        title: 'Banner',
        description: null,
        expiresAt: '2126-01-01T00:00:00.000Z',
        metadata: { shelf: 4 },
        version: 2,
      },
      userErrors: [],
    })
    expect(await content.auditOf('ArContent', id)).toEqual([
      {
        action: 'content.update',
        actor: expect.stringMatching(/^user:/),
        changes: { title: 'Banner', description: null, metadata: { shelf: 4 } },
      },
    ])
    expect(await update(id, { title: 'Banner', metadata: { shelf: 4 } })).toMatchObject({
      content: { version: 2 },
    })
    expect(await content.auditOf('ArContent', id)).toHaveLength(1)
  })

  test('of an older version is refused, and names what others changed', async () => {
    const { id } = await seedLive()
    await update(id, { title: 'Banner', expectedVersion: 1 })
    expect(await update(id, { title: 'Flag', expectedVersion: 1 })).toEqual({
      content: null,
      userErrors: [
        {
          code: 'CONFLICT',
          field: ['expectedVersion'],
          message:
            'Somebody has changed this since (title): it is at version 2. Read it again, and decide anew.',
        },
      ],
    })
  })

  test.each([
    [{ title: ' ' }, 'title', 'The title must have 1 to 200 characters.'],
    [{ title: null }, 'title', 'This can be changed, but not cleared.'],
    [{ imageId: null }, 'imageId', 'This can be changed, but not cleared.'],
    [{ isActive: null }, 'isActive', 'This can be changed, but not cleared.'],
    [{ expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt', 'This must be in the future.'],
    [{ description: 'a\0b' }, 'description', 'The description holds a NUL character.'],
  ])('of %j is refused', async (input, field, message) => {
    const { id } = await seedLive()
    expect(await update(id, input)).toEqual({
      content: null,
      userErrors: [{ code: 'INVALID', field: [field], message }],
    })
  })

  test('does not mind an end in the past that was there before', async () => {
    const { id } = await seedLive({ expires_at: new Date('2020-01-01T00:00:00Z') })
    const input = { title: 'Old', expiresAt: '2020-01-01T00:00:00Z' }
    expect(await update(id, input)).toMatchObject({ content: { title: 'Old' }, userErrors: [] })
  })

  test('takes no image of others, none that is no image, and none that is not ready', async () => {
    const { id } = await seedLive()
    const processing = await content.seed.asset(acme.id, { status: 'PROCESSING' })
    const errorOf = async (imageId: number) => (await chooseImage(id, imageId))['userErrors']
    expect(await errorOf(rival.imageId)).toMatchObject([{ code: 'NOT_FOUND', field: ['imageId'] }])
    expect(await errorOf(acme.videoFileId)).toMatchObject([{ message: 'This file is not an image.' }])
    expect(await errorOf(processing.id)).toMatchObject([{ code: 'INVALID', field: ['imageId'] }])
  })

  test('takes the role EDITOR, and there is nothing for strangers', async () => {
    const { id } = await seedLive()
    const codeOf = async (caller: SeededTenant['viewer']) =>
      (await update(id, { title: 'Mine' }, caller))['userErrors']
    expect(await codeOf(acme.viewer)).toMatchObject([{ code: 'FORBIDDEN' }])
    expect(await codeOf(rival.owner)).toMatchObject([{ code: 'NOT_FOUND', field: ['id'] }])
  })

  test('is pushed to visitors', async () => {
    const live = await seedLive()
    const visitor = await watch(live.uniqueId)
    await update(live.id, { title: 'Banner' })
    expect(await visitor.next()).toMatchObject({ reason: 'DETAILS', content: { title: 'Banner' } })
    await update(live.id, { isActive: false })
    expect(await visitor.next()).toEqual({ reason: 'VALIDITY', content: null })
    await update(live.id, { isActive: true })
    expect(await visitor.next()).toMatchObject({ reason: 'VALIDITY', content: { title: 'Banner' } })
    await update(live.id, { metadata: { shelf: 5 } })
    expect(await visitor.isSilent()).toBe(true)
  })
})

describe('another image', () => {
  test('is shown with its marker once that is ready; until then the old print works', async () => {
    const live = await seedLive()
    const visitor = await watch(live.uniqueId)
    const next = await content.seed.asset(acme.id)
    expect(await chooseImage(live.id, next.id)).toMatchObject({
      content: {
        image: asset(live.image.id),
        nextImage: asset(next.id),
        marker: { status: 'PENDING', rating: 4, file: asset(live.marker.id) },
        version: 2,
      },
    })
    expect(await compiled(live.id)).toEqual([{ imageId: next.id, generation: 2 }])
    const oldPrint = { image: { publicId: live.image.publicId }, marker: { publicId: live.marker.publicId } }
    expect(await seen(live.uniqueId)).toMatchObject(oldPrint)
    expect(await visitor.isSilent()).toBe(true)

    const file = await reportMarker(live.id, 2)
    const newPrint = { image: { publicId: next.publicId }, marker: { publicId: file.publicId } }
    expect(await visitor.next()).toMatchObject({ reason: 'MARKER', content: newPrint })
    expect(await read(live.id)).toMatchObject({
      image: asset(next.id),
      nextImage: null,
      marker: { status: 'COMPLETED', rating: 5, file: asset(file.id) },
    })
    expect(await discarded()).toContain(live.marker.id)
  })

  test('whose marker fails leaves the old print as it is, and says so', async () => {
    const live = await seedLive()
    const next = await content.seed.asset(acme.id)
    await chooseImage(live.id, next.id)
    await reportFailure(live.id, 2)
    expect(await read(live.id)).toMatchObject({
      image: asset(live.image.id),
      nextImage: asset(next.id),
      marker: {
        status: 'FAILED',
        rating: 4,
        error: { code: 'TOO_FEW_FEATURES' },
        file: asset(live.marker.id),
      },
    })
    expect(await seen(live.uniqueId)).toMatchObject({ marker: { publicId: live.marker.publicId } })

    await content.mutate(acme.editor, 'regenerateMarker', 'content { id }', {
      contentId: toGlobalId('ArContent', live.id),
    })
    expect((await compiled(live.id)).at(-1)).toEqual({ imageId: next.id, generation: 3 })
  })

  test('that is chosen while one is compiled is the one that counts', async () => {
    const live = await seedLive()
    const [second, third] = [await content.seed.asset(acme.id), await content.seed.asset(acme.id)]
    await chooseImage(live.id, second.id)
    await chooseImage(live.id, third.id)
    const late = await reportMarker(live.id, 2)
    expect(await read(live.id)).toMatchObject({ image: asset(live.image.id), nextImage: asset(third.id) })
    expect(await discarded()).toContain(late.id)
    const file = await reportMarker(live.id, 3)
    expect(await read(live.id)).toMatchObject({ image: asset(third.id), marker: { file: asset(file.id) } })
  })

  test('can be taken back: the one that is shown stays, and nothing is compiled', async () => {
    const live = await seedLive()
    const next = await content.seed.asset(acme.id)
    await chooseImage(live.id, next.id)
    expect(await chooseImage(live.id, live.image.id)).toMatchObject({
      content: {
        image: asset(live.image.id),
        nextImage: null,
        marker: { status: 'COMPLETED', rating: 4, file: asset(live.marker.id) },
      },
    })
    expect(await compiled(live.id)).toHaveLength(1)
    const late = await reportMarker(live.id, 2)
    expect(await read(live.id)).toMatchObject({
      image: asset(live.image.id),
      marker: { file: asset(live.marker.id) },
    })
    expect(await discarded()).toContain(late.id)
    expect(await content.eventsOf('marker.status', live.id)).toEqual([
      { status: 'PENDING' },
      { status: 'COMPLETED' },
    ])
  })

  test('is there at once while no marker works yet', async () => {
    const row = await content.seed.content(acme.id, acme.projectId, acme.imageId, {
      marker_status: 'FAILED',
      marker_error_code: 'TOO_SMALL',
      marker_error_message: 'Too small.',
    })
    const next = await content.seed.asset(acme.id)
    expect(await chooseImage(row.id, next.id)).toMatchObject({
      content: {
        image: asset(next.id),
        nextImage: null,
        marker: { status: 'PENDING', error: null, file: null },
      },
    })
    expect(await compiled(row.id)).toEqual([{ imageId: next.id, generation: 2 }])
  })

  test('does not keep a content from being published with the marker that works', async () => {
    const { id } = await seedLive({ published_at: null })
    await chooseImage(id, (await content.seed.asset(acme.id)).id)
    const input = { id: toGlobalId('ArContent', id) }
    expect(await content.mutate(acme.editor, 'publishArContent', 'content { id }', input)).toMatchObject({
      userErrors: [],
    })
  })
})

test('a marker that is compiled anew leaves no file of the earlier one', async () => {
  const live = await seedLive()
  const contentId = toGlobalId('ArContent', live.id)
  await content.mutate(acme.editor, 'regenerateMarker', 'content { id }', { contentId })
  expect(await discarded()).not.toContain(live.marker.id)
  await reportMarker(live.id, 2)
  expect(await discarded()).toContain(live.marker.id)
})

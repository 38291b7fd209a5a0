import { randomUUID } from 'node:crypto'
import { toGlobalId } from '@arv/relay'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  anonymous,
  asObject,
  asText,
  type ContentUnderTest,
  type Json,
  member,
  PUBLIC_URL,
  type SeededTenant,
  seedCompany,
  startContent,
} from './content-under-test.ts'

let content: ContentUnderTest
let acme: SeededTenant
let rival: SeededTenant
let folderId: number
let storageId: number

const seedFolder = async (companyId: number, type: string) => {
  const [row] = await content.seed.sql<{ id: number }[]>`
    insert into media.storage_folders (company_id, name, path, folder_type)
    values (${companyId}, ${type}, ${randomUUID()}, ${type}) returning id`
  return row?.id ?? 0
}

beforeAll(async () => {
  content = await startContent()
  acme = await seedCompany(content.seed)
  rival = await seedCompany(content.seed)
  await seedFolder(acme.id, 'IMAGES')
  folderId = await seedFolder(acme.id, 'PORTRAITS')
  const [storage] = await content.seed.sql<{ id: number }[]>`
    select storage_connection_id as id from tenancy.companies where id = ${acme.id}`
  storageId = storage?.id ?? 0
})

afterAll(() => content.stop())

const asset = (id: number) => toGlobalId('Asset', id)
const portraitId = (id: number) => toGlobalId('Portrait', id)
const seedPortrait = (columns = {}, tenant = acme) =>
  content.seed.portrait(tenant.id, tenant.imageId, columns)

const create = (input: Json = {}, caller = acme.editor) =>
  content.mutate(
    caller,
    'createPortrait',
    `portrait { id uniqueId viewerUrl qrCode { url(format: SVG) } company { id } image { id } video { id }
      marker { status file { id } } storageConnection { id } storageFolder { id } version }`,
    { companyId: acme.globalId, imageId: asset(acme.imageId), ...input },
  )

const setVideo = (id: number, input: Json, caller = acme.editor) =>
  content.mutate(caller, 'setPortraitVideo', 'portrait { video { id } version }', {
    id: portraitId(id),
    ...input,
  })

const remove = (id: string, caller = acme.editor) =>
  content.mutate(caller, 'deletePortrait', 'deletedPortraitId', { id })

const jobsOf = async (name: string, id: number) =>
  (await content.waitingJobs(name)).filter(({ subject }) => asObject(subject)['id'] === id)

const notFound = (field: string, what: string) => [
  { code: 'NOT_FOUND', field: [field], message: expect.stringContaining(what) },
]

describe('making a portrait', () => {
  test('answers with every field, has its marker compiled and puts it where portraits belong', async () => {
    const { portrait, userErrors } = await create()
    const made = asObject(portrait)
    const uniqueId = asText(made['uniqueId'])
    const [row] = await content.seed.sql<{ id: number }[]>`
      select id from content.portraits where unique_id = ${uniqueId}`
    const id = row?.id ?? 0
    expect(userErrors).toEqual([])
    expect(made).toEqual({
      id: portraitId(id),
      uniqueId,
      viewerUrl: `${PUBLIC_URL}/v/${uniqueId}`,
      qrCode: { url: `${PUBLIC_URL}/qr/${uniqueId}.svg` },
      company: { id: acme.globalId },
      image: { id: asset(acme.imageId) },
      video: null,
      marker: { status: 'PENDING', file: null },
      storageConnection: { id: toGlobalId('StorageConnection', storageId) },
      storageFolder: { id: toGlobalId('StorageFolder', folderId) },
      version: 1,
    })
    expect(await jobsOf('marker.compile', id)).toEqual([
      { companyId: acme.id, subject: { type: 'portrait', id }, imageId: acme.imageId, generation: 1 },
    ])
    expect(await content.auditOf('Portrait', id)).toEqual([
      {
        action: 'portrait.create',
        actor: expect.stringMatching(/^user:\d+$/),
        changes: { imageId: acme.imageId, storageConnectionId: storageId, storageFolderId: folderId },
      },
    ])
  })

  test('takes another folder of the company, and does without one where there is none', async () => {
    const other = toGlobalId('StorageFolder', await seedFolder(acme.id, 'OTHER'))
    expect(await create({ folderId: other })).toMatchObject({ portrait: { storageFolder: { id: other } } })
    const bare = { companyId: rival.globalId, imageId: asset(rival.imageId) }
    expect(await create(bare, rival.editor)).toMatchObject({ portrait: { storageFolder: null } })
  })

  test('is refused for what is not there, not its company’s or no image', async () => {
    const foreignFolder = toGlobalId('StorageFolder', await seedFolder(rival.id, 'PORTRAITS'))
    const refusals: [Json, Json[]][] = [
      [{ companyId: rival.globalId }, notFound('companyId', 'company')],
      [{ companyId: 'nonsense' }, notFound('companyId', 'company')],
      [{ imageId: asset(rival.imageId) }, notFound('imageId', 'image')],
      [{ folderId: foreignFolder }, notFound('folderId', 'folder')],
      [{ folderId: acme.globalId }, notFound('folderId', 'folder')],
      [
        { imageId: asset(acme.videoFileId) },
        [{ code: 'INVALID', field: ['imageId'], message: 'This file is not an image.' }],
      ],
    ]
    for (const [input, userErrors] of refusals)
      expect(await create(input)).toEqual({ portrait: null, userErrors })
  })
})

describe('a company’s portraits', () => {
  const LIST = `query ($r: [_Any!]!, $first: Int, $after: String) { _entities(representations: $r) { ... on Company {
    portraits(first: $first, after: $after) {
      totalCount pageInfo { hasNextPage endCursor } edges { node { id } } } } } }`
  const list = async (tenant: SeededTenant, variables: Json = {}, caller = tenant.viewer) => {
    const r = [{ __typename: 'Company', id: tenant.globalId }]
    const { _entities: entities } = await content.data(caller, LIST, { r, ...variables })
    return asObject(asObject(Array.isArray(entities) ? entities[0] : null)['portraits'])
  }

  test('are the newest first, a page at a time, and nobody else’s', async () => {
    const tenant = await seedCompany(content.seed)
    const ids: string[] = []
    for (let i = 0; i < 3; i++) ids.unshift(portraitId((await seedPortrait({}, tenant)).id))
    const node = (index: number) => ({ node: { id: ids[index] } })
    const first = await list(tenant, { first: 2 })
    expect(first).toMatchObject({
      totalCount: 3,
      pageInfo: { hasNextPage: true },
      edges: [node(0), node(1)],
    })
    const after = asObject(first['pageInfo'])['endCursor']
    expect(await list(tenant, { first: 2, after })).toMatchObject({
      totalCount: 3,
      pageInfo: { hasNextPage: false },
      edges: [node(2)],
    })
    expect(await list(tenant, {}, rival.viewer)).toMatchObject({ totalCount: 0, edges: [] })
  })

  test('of several companies are one statement, and one more to count them', async () => {
    const r = [acme, rival].map(({ globalId }) => ({ __typename: 'Company', id: globalId }))
    const both = member(1, [acme.id, 'VIEWER'], [rival.id, 'VIEWER'])
    const statements = await content.statementsOf(() => content.data(both, LIST, { r }))
    expect(statements.filter((statement) => statement.includes('content"."portraits'))).toHaveLength(2)
  })
})

describe('a portrait’s video', () => {
  test('plays for visitors as soon as it is chosen, until it is taken away', async () => {
    const { id, uniqueId } = await seedPortrait()
    const seen = await content.subscribe(
      anonymous,
      `subscription ($uniqueId: UUID!) { viewerContentChanged(uniqueId: $uniqueId) {
        reason content { activeVideo { uniqueId title file { publicId } } activeVideoReason } } }`,
      { uniqueId },
    )
    expect(await setVideo(id, { fileId: asset(acme.videoFileId) })).toEqual({
      portrait: { video: { id: asset(acme.videoFileId) }, version: 2 },
      userErrors: [],
    })
    expect(await seen.next()).toEqual({
      reason: 'VIDEO',
      content: {
        activeVideo: {
          uniqueId: acme.videoPublicId,
          title: 'photo.jpg',
          file: { publicId: acme.videoPublicId },
        },
        activeVideoReason: 'DEFAULT',
      },
    })
    expect(await setVideo(id, { fileId: null })).toMatchObject({ portrait: { video: null, version: 3 } })
    expect(await seen.next()).toEqual({
      reason: 'VIDEO',
      content: { activeVideo: null, activeVideoReason: 'NONE' },
    })
    await seen.close()
    expect(await content.auditOf('Portrait', id)).toMatchObject([
      { action: 'portrait.set-video', changes: { videoFileId: acme.videoFileId } },
      { action: 'portrait.set-video', changes: { videoFileId: null } },
    ])
  })

  test('is public as long as it plays', async () => {
    const { id } = await seedPortrait()
    const video = await content.seed.asset(acme.id, { kind: 'VIDEO', mime_type: 'video/mp4' })
    const shown = () =>
      content.deps.database.viewer(
        (sql) => sql`select public_id from media.public_files(${[video.publicId]}::uuid[])`,
      )
    expect(await shown()).toHaveLength(0)
    await setVideo(id, { fileId: asset(video.id) })
    expect(await shown()).toHaveLength(1)
    await setVideo(id, { fileId: null })
    expect(await shown()).toHaveLength(0)
  })

  test('that is chosen again, or not named, makes no other version', async () => {
    const { id } = await seedPortrait({ video_file_id: acme.videoFileId })
    expect(await setVideo(id, { fileId: asset(acme.videoFileId) })).toMatchObject({
      portrait: { version: 1 },
    })
    expect(await setVideo(id, {})).toMatchObject({
      portrait: { version: 1, video: { id: asset(acme.videoFileId) } },
    })
    expect(await content.eventsOf('content.details', id)).toEqual([])
  })

  test('is refused for no video, another’s file or an old version', async () => {
    const { id } = await seedPortrait()
    expect(await setVideo(id, { fileId: asset(acme.imageId) })).toMatchObject({
      userErrors: [{ code: 'INVALID', field: ['fileId'], message: 'This file is not a video.' }],
    })
    expect(await setVideo(id, { fileId: asset(rival.videoFileId) })).toMatchObject({
      userErrors: notFound('fileId', 'video file'),
    })
    await setVideo(id, { fileId: asset(acme.videoFileId) })
    expect(await setVideo(id, { fileId: null, expectedVersion: 1 })).toEqual({
      portrait: null,
      userErrors: [
        {
          code: 'CONFLICT',
          field: ['expectedVersion'],
          message: expect.stringContaining('(videoFileId): it is at version 2'),
        },
      ],
    })
  })
})

describe('compiling a portrait’s marker anew', () => {
  test('keeps the present one until the new one is reported, and discards it then', async () => {
    const [old, fresh] = [await seedMarker(), await seedMarker()]
    const { id } = await seedPortrait({ marker_status: 'COMPLETED', marker_file_id: old })
    const regenerated = await content.mutate(
      acme.editor,
      'regeneratePortraitMarker',
      'portrait { id marker { status file { id } } }',
      { portraitId: portraitId(id) },
    )
    expect(regenerated).toEqual({
      portrait: { id: portraitId(id), marker: { status: 'PENDING', file: { id: asset(old) } } },
      userErrors: [],
    })
    expect(await jobsOf('marker.compile', id)).toMatchObject([{ generation: 2 }])
    const outcome = { status: 'COMPLETED', fileId: fresh, rating: 4, featureCount: 200 } as const
    const subject = { type: 'portrait', id } as const
    await content.report({ companyId: acme.id, subject, generation: 2, attempt: 1, outcome })
    expect(await content.eventsOf('marker.status', id)).toEqual([
      { status: 'PENDING' },
      { status: 'COMPLETED' },
    ])
    expect(await content.waitingJobs('assets.discard')).toContainEqual({
      companyId: acme.id,
      assetIds: [old],
    })
  })

  const seedMarker = async () => (await content.seed.asset(acme.id, { kind: 'MARKER' })).id
})

describe('deleting a portrait', () => {
  test('leaves nothing of it: visitors are told, its files go', async () => {
    const marker = await content.seed.asset(acme.id, { kind: 'MARKER' })
    const { id, uniqueId } = await seedPortrait({
      marker_file_id: marker.id,
      video_file_id: acme.videoFileId,
    })
    const seen = await content.subscribe(
      anonymous,
      'subscription ($uniqueId: UUID!) { viewerContentChanged(uniqueId: $uniqueId) { reason content { title } } }',
      { uniqueId },
    )
    expect(await remove(portraitId(id))).toEqual({ deletedPortraitId: portraitId(id), userErrors: [] })
    expect(await seen.next()).toEqual({ reason: 'VALIDITY', content: null })
    await seen.close()
    const read = 'query ($id: ID!) { portrait(id: $id) { id } }'
    expect(await content.data(acme.viewer, read, { id: portraitId(id) })).toEqual({ portrait: null })
    expect(await content.waitingJobs('assets.discard')).toContainEqual({
      companyId: acme.id,
      assetIds: [acme.imageId, marker.id, acme.videoFileId],
    })
    expect(await remove(portraitId(id))).toMatchObject({ userErrors: notFound('id', 'portrait') })
  })

  test('while its marker is compiled discards the marker when it comes', async () => {
    const marker = await content.seed.asset(acme.id, { kind: 'MARKER' })
    const { id } = await seedPortrait({ marker_status: 'PROCESSING' })
    await remove(portraitId(id))
    const outcome = { status: 'COMPLETED', fileId: marker.id, rating: 4, featureCount: 200 } as const
    const subject = { type: 'portrait', id } as const
    await content.report({ companyId: acme.id, subject, generation: 1, attempt: 1, outcome })
    expect(await content.waitingJobs('assets.discard')).toContainEqual({
      companyId: acme.id,
      assetIds: [marker.id],
    })
  })

  test('takes an editor of its company; to others it is not there', async () => {
    const { id } = await seedPortrait()
    expect(await remove(portraitId(id), rival.owner)).toMatchObject({
      userErrors: notFound('id', 'portrait'),
    })
    expect(await remove(portraitId(id), acme.viewer)).toMatchObject({
      userErrors: [{ code: 'FORBIDDEN' }],
    })
  })
})

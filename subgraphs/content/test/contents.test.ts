import { toGlobalId } from '@arv/relay'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import {
  anonymous,
  asObject,
  asText,
  type ContentUnderTest,
  type Json,
  member,
  platformAdmin,
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

const FIELDS = `
  id uniqueId title description isActive publishedAt expiresAt metadata version
  company { id } project { id } createdBy { id }
  image { id }
  marker { status rating featureCount attempts generatedAt error { code message } file { id } }
  qrCode { url(format: SVG) path(format: SVG) png: path(format: PNG) }
  viewerUrl
  videos { id title isActive content { id } rotationOrder scheduleStart scheduleEnd file { id } }
  activeVideo { id } activeVideoReason nextChangeAt
  rotation { id }`

const create = (input: Json = {}, caller = acme.editor) =>
  content.mutate(caller, 'createArContent', `content { ${FIELDS} }`, {
    projectId: toGlobalId('Project', acme.projectId),
    imageId: toGlobalId('Asset', acme.imageId),
    title: 'Poster',
    ...input,
  })

const read = async (id: unknown, caller = acme.viewer, fields = FIELDS) =>
  (await content.data(caller, `query ($id: ID!) { arContent(id: $id) { ${fields} } }`, { id }))['arContent']

describe('creating a content', () => {
  test('answers with every field, its marker pending', async () => {
    const payload = await create({
      title: '  Poster at the door ',
      description: 'Blue',
      expiresAt: '2126-01-01T00:00:00+01:00',
      metadata: { shelf: 3 },
    })
    expect(payload['userErrors']).toEqual([])
    const created = asObject(payload['content'])
    const uniqueId = asText(created['uniqueId'])
    expect(uniqueId).toMatch(/^[0-9a-f-]{36}$/)
    expect(created).toEqual({
      id: expect.any(String),
      uniqueId,
      title: 'Poster at the door',
      description: 'Blue',
      isActive: true,
      publishedAt: null,
      expiresAt: '2125-12-31T23:00:00.000Z',
      metadata: { shelf: 3 },
      version: 1,
      company: { id: toGlobalId('Company', acme.id) },
      project: { id: toGlobalId('Project', acme.projectId) },
      createdBy: { id: toGlobalId('User', userOf(acme.editor)) },
      image: { id: toGlobalId('Asset', acme.imageId) },
      marker: {
        status: 'PENDING',
        rating: null,
        featureCount: null,
        attempts: 0,
        generatedAt: null,
        error: null,
        file: null,
      },
      qrCode: {
        url: `https://arv.example.com/qr/${uniqueId}.svg`,
        path: `/qr/${uniqueId}.svg`,
        png: `/qr/${uniqueId}.png`,
      },
      viewerUrl: `https://arv.example.com/v/${uniqueId}`,
      videos: [],
      activeVideo: null,
      activeVideoReason: 'NONE',
      nextChangeAt: null,
      rotation: null,
    })
    expect(await read(created['id'])).toEqual(created)
  })

  test('puts the marker’s job on its queue and the deed into the audit log', async () => {
    const created = asObject((await create())['content'])
    const id = rowIdOf(created['id'])
    expect((await content.waitingJobs('marker.compile')).at(-1)).toEqual({
      companyId: acme.id,
      subject: { type: 'content', id },
      imageId: acme.imageId,
      generation: 1,
    })
    expect(await content.auditOf('ArContent', id)).toEqual([
      {
        action: 'content.create',
        actor: `user:${userOf(acme.editor)}`,
        changes: {
          projectId: acme.projectId,
          imageId: acme.imageId,
          title: 'Poster',
          description: null,
          expiresAt: null,
        },
      },
    ])
  })

  test.each([
    ['no title', { title: '   ' }, 'title', 'The title must have 1 to 200 characters.'],
    [
      'a title of 201 characters',
      { title: 'x'.repeat(201) },
      'title',
      'The title must have 1 to 200 characters.',
    ],
    [
      'a description of 5001 characters',
      { description: 'x'.repeat(5001) },
      'description',
      'The description may have at most 5000 characters.',
    ],
    ['an end in the past', { expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt', 'This must be in the future.'],
    ['a NUL in the title', { title: 'a\0b' }, 'title', 'The title holds a NUL character.'],
  ])('refuses %s', async (_what, input, field, message) => {
    expect(await create(input)).toEqual({
      content: null,
      userErrors: [{ code: 'INVALID', field: [field], message }],
    })
  })

  test('counts characters as people do', async () => {
    expect(await create({ title: '🦊'.repeat(200) })).toMatchObject({ userErrors: [] })
  })

  test('says everything that is wrong at once', async () => {
    const { userErrors } = await create({ title: '', imageId: 'x', expiresAt: '2020-01-01T00:00:00Z' })
    expect(userErrors).toMatchObject([{ field: ['imageId'] }, { field: ['title'] }, { field: ['expiresAt'] }])
  })

  test('answers alike for a project of another company, of another type, malformed, and nonexistent', async () => {
    const refused = {
      content: null,
      userErrors: [{ code: 'NOT_FOUND', field: ['projectId'], message: 'There is no such project.' }],
    }
    const ids = [
      toGlobalId('Project', rival.projectId),
      toGlobalId('Company', acme.id),
      'nonsense',
      toGlobalId('Project', 999_999),
    ]
    for (const projectId of ids) expect(await create({ projectId })).toEqual(refused)
    expect(await create({}, rival.owner)).toEqual(refused)
  })

  test('answers alike for an image of another company, of another type, malformed, and nonexistent', async () => {
    const refused = {
      content: null,
      userErrors: [{ code: 'NOT_FOUND', field: ['imageId'], message: 'There is no such image.' }],
    }
    const ids = [
      toGlobalId('Asset', rival.imageId),
      toGlobalId('Project', acme.projectId),
      '',
      toGlobalId('Asset', 999_999),
    ]
    for (const imageId of ids) expect(await create({ imageId })).toEqual(refused)
  })

  test('refuses a video as its image, and an image that is not ready', async () => {
    const pending = await content.seed.asset(acme.id, { status: 'PROCESSING' })
    expect(await create({ imageId: toGlobalId('Asset', acme.videoFileId) })).toMatchObject({
      userErrors: [{ code: 'INVALID', field: ['imageId'], message: 'This file is not an image.' }],
    })
    expect(await create({ imageId: toGlobalId('Asset', pending.id) })).toMatchObject({
      userErrors: [
        {
          code: 'INVALID',
          field: ['imageId'],
          message: 'This file is still being processed: wait until it is ready.',
        },
      ],
    })
  })

  test('refuses an archived project', async () => {
    const archived = await content.seed.project(acme.id, { archived_at: new Date() })
    expect(await create({ projectId: toGlobalId('Project', archived) })).toMatchObject({
      userErrors: [
        {
          code: 'INVALID',
          field: ['projectId'],
          message: 'This project is archived: it takes no new contents.',
        },
      ],
    })
  })

  test('takes the role EDITOR', async () => {
    expect(await create({}, acme.viewer)).toEqual({
      content: null,
      userErrors: [
        {
          code: 'FORBIDDEN',
          field: null,
          message: 'This takes the role EDITOR in the company; yours is VIEWER.',
        },
      ],
    })
    expect(await create({}, acme.owner)).toMatchObject({ userErrors: [] })
  })

  test('takes the role that is true now, not the one the gateway last knew', async () => {
    const dismissed = await content.seed.user()
    expect(await create({}, member(dismissed.id, [acme.id, 'EDITOR']))).toEqual({
      content: null,
      userErrors: [{ code: 'NOT_FOUND', field: ['projectId'], message: 'There is no such project.' }],
    })
  })

  test('is nothing for the anonymous', async () => {
    const query = 'mutation ($i: CreateArContentInput!) { createArContent(input: $i) { content { id } } }'
    const i = { projectId: 'x', imageId: 'y', title: 'z' }
    expect(await content.execute(anonymous, query, { i })).toMatchObject({
      errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    })
  })
})

describe('a content', () => {
  test('is null for another tenant, another type, malformed and nonexistent ids', async () => {
    const { id } = asObject((await create())['content'])
    expect(await read(id, acme.viewer, 'title')).toEqual({ title: 'Poster' })
    expect(await read(id, rival.owner, 'title')).toBeNull()
    for (const other of [toGlobalId('Video', 1), 'nonsense', '', toGlobalId('ArContent', 999_999)]) {
      expect(await read(other, acme.viewer, 'title')).toBeNull()
    }
  })

  test('is there for a platform admin, and for nobody who is anonymous', async () => {
    const { id } = asObject((await create())['content'])
    const admin = await content.seed.user({ is_platform_admin: true })
    expect(await read(id, platformAdmin(admin.id), 'title')).toEqual({ title: 'Poster' })
    expect(await content.execute(anonymous, '{ arContent(id: "x") { id } }')).toMatchObject({
      errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    })
  })

  test('is gone when it is deleted', async () => {
    const row = await content.seed.content(acme.id, acme.projectId, acme.imageId, { deleted_at: new Date() })
    expect(await read(toGlobalId('ArContent', row.id), acme.viewer, 'id')).toBeNull()
  })

  test('is an entity, null where it is not the caller’s', async () => {
    const mine = asObject((await create())['content'])['id']
    const query = `query ($r: [_Any!]!) { _entities(representations: $r) {
      ... on ArContent { title } ... on Company { id } ... on Video { id } ... on Portrait { id } } }`
    const of = (__typename: string, id: unknown) => ({ __typename, id })
    const r = [
      of('ArContent', mine),
      of('ArContent', toGlobalId('ArContent', 999_999)),
      of('Company', acme.globalId),
      of('Video', 'nonsense'),
      of('Portrait', mine),
    ]
    expect(await content.data(acme.viewer, query, { r })).toEqual({
      _entities: [{ title: 'Poster' }, null, { id: acme.globalId }, null, null],
    })
    const theirs = { r: [of('ArContent', mine)] }
    expect(await content.data(rival.viewer, query, theirs)).toEqual({ _entities: [null] })
  })
})

describe('publishing', () => {
  const publish = (id: number, input: Json = {}, caller = acme.editor) =>
    content.mutate(caller, 'publishArContent', 'content { id publishedAt isActive version }', {
      id: toGlobalId('ArContent', id),
      ...input,
    })
  const unpublish = (id: number) =>
    content.mutate(acme.editor, 'unpublishArContent', 'content { id publishedAt version }', {
      id: toGlobalId('ArContent', id),
    })
  const marker = async (rating: number) => {
    const file = await content.seed.asset(acme.id, { kind: 'MARKER', mime_type: 'application/octet-stream' })
    return { marker_status: 'COMPLETED', marker_rating: rating, marker_file_id: file.id }
  }
  const seedContent = async (columns: Json, videos = 1) => {
    const { id } = await content.seed.content(acme.id, acme.projectId, acme.imageId, asColumns(columns))
    for (let made = 0; made < videos; made++) await content.seed.video(acme.id, id, acme.videoFileId)
    return id
  }

  test('shows a content with a good marker and a video', async () => {
    const id = await seedContent(await marker(2.5))
    expect(await publish(id)).toEqual({
      content: {
        id: toGlobalId('ArContent', id),
        publishedAt: expect.stringMatching(/Z$/),
        isActive: true,
        version: 2,
      },
      userErrors: [],
    })
    expect(await content.eventsOf('content.validity', id)).toEqual([{}])
  })

  test('again changes nothing', async () => {
    const id = await seedContent(await marker(3))
    const first = await publish(id)
    expect(await publish(id)).toEqual(first)
    expect(await content.eventsOf('content.validity', id)).toHaveLength(1)
    expect(await content.auditOf('ArContent', id)).toMatchObject([{ action: 'content.publish' }])
  })

  test('says what is missing, each on its own', async () => {
    const id = await seedContent({}, 0)
    expect(await publish(id, { force: true })).toEqual({
      content: null,
      userErrors: [
        { code: 'INVALID', field: ['id'], message: 'The marker is not compiled yet: wait until it is.' },
        { code: 'INVALID', field: ['id'], message: 'There is no video to play yet: add one first.' },
      ],
    })
  })

  test('never works without a marker, even by force', async () => {
    for (const status of ['PENDING', 'PROCESSING', 'FAILED']) {
      const id = await seedContent({ marker_status: status })
      expect(await publish(id, { force: true })).toMatchObject({
        content: null,
        userErrors: [{ code: 'INVALID', field: ['id'] }],
      })
    }
  })

  test('with a weak marker takes force', async () => {
    const id = await seedContent(await marker(1.94))
    expect(await publish(id)).toEqual({
      content: null,
      userErrors: [
        {
          code: 'INVALID',
          field: ['force'],
          message:
            'The image is hard to recognise (1.9 of 5): choose one with more detail, or publish with "force".',
        },
      ],
    })
    expect(await publish(id, { force: true })).toMatchObject({ userErrors: [] })
  })

  test('does not count a video whose file is not ready', async () => {
    const id = await seedContent(await marker(4), 0)
    const file = await content.seed.asset(acme.id, { kind: 'VIDEO', status: 'PROCESSING' })
    await content.seed.video(acme.id, id, file.id)
    expect(await publish(id)).toMatchObject({
      userErrors: [{ message: 'There is no video to play yet: add one first.' }],
    })
  })

  test('is taken back by unpublishing', async () => {
    const id = await seedContent(await marker(4))
    await publish(id)
    const withdrawn = { id: toGlobalId('ArContent', id), publishedAt: null, version: 3 }
    expect(await unpublish(id)).toEqual({ content: withdrawn, userErrors: [] })
    expect(await unpublish(id)).toEqual({ content: withdrawn, userErrors: [] })
    expect(await content.eventsOf('content.validity', id)).toHaveLength(2)
  })

  test('answers alike for what is foreign and what is not there', async () => {
    const id = await seedContent(await marker(4))
    const refused = {
      content: null,
      userErrors: [{ code: 'NOT_FOUND', field: ['id'], message: 'There is no such content.' }],
    }
    expect(await publish(id, {}, rival.owner)).toEqual(refused)
    expect(await publish(999_999)).toEqual(refused)
    expect(await publish(1, { id: 'nonsense' })).toEqual(refused)
  })
})

function userOf({ principal }: { principal: { kind: string; userId?: number } }): number {
  return principal.userId ?? 0
}

function rowIdOf(globalId: unknown): number {
  return Number(Buffer.from(asText(globalId), 'base64url').toString().split(':')[1])
}

function asColumns(columns: Json): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(columns).map(([name, value]) => [name, typeof value === 'number' ? value : String(value)]),
  )
}

describe('a file that somebody deletes at the same moment', () => {
  /** Deletes it in a transaction that ends only when the change has checked the file and waits for it. */
  async function whileDeleted(fileId: number, change: () => Promise<Json>) {
    const { sql } = content.seed
    let outcome: Promise<Json> | undefined
    await sql.begin(async (tx) => {
      await tx`delete from media.assets where id = ${fileId}`
      outcome = change()
      await vi.waitFor(async () => {
        const waiting =
          await sql`select from pg_stat_activity where wait_event_type = 'Lock' and query ilike '%content%'`
        expect(waiting.length).toBe(1)
      })
    })
    return (await outcome)?.['userErrors']
  }
  const file = async (kind: string) => (await content.seed.asset(acme.id, { kind })).id
  const globalId = (id: number) => toGlobalId('Asset', id)
  const missing = (field: string, what: string) => [
    { code: 'NOT_FOUND', field: [field], message: `There is no such ${what}.` },
  ]

  test('is as one that was never there, whatever it was chosen for', async () => {
    const { editor, globalId: companyId } = acme
    const { seed, mutate } = content
    const [image, other, face, clip, faceClip, captions] = [
      await file('IMAGE'),
      await file('IMAGE'),
      await file('IMAGE'),
      await file('VIDEO'),
      await file('VIDEO'),
      await file('CAPTIONS'),
    ]
    const existing = await seed.content(acme.id, acme.projectId, acme.imageId)
    const id = toGlobalId('ArContent', existing.id)
    const video = await seed.video(acme.id, existing.id, acme.videoFileId)
    const portrait = await seed.portrait(acme.id, acme.imageId)
    expect(await whileDeleted(image, () => create({ imageId: globalId(image) }))).toEqual(
      missing('imageId', 'image'),
    )
    const update = { id, imageId: globalId(other) }
    expect(await whileDeleted(other, () => mutate(editor, 'updateArContent', '', update))).toEqual(
      missing('imageId', 'image'),
    )
    const ofFace = { companyId, imageId: globalId(face) }
    expect(await whileDeleted(face, () => mutate(editor, 'createPortrait', '', ofFace))).toEqual(
      missing('imageId', 'image'),
    )
    const added = { contentId: id, fileId: globalId(clip), title: 'Clip' }
    expect(await whileDeleted(clip, () => mutate(editor, 'addVideo', '', added))).toEqual(
      missing('fileId', 'video file'),
    )
    const played = { id: toGlobalId('Portrait', portrait.id), fileId: globalId(faceClip) }
    expect(await whileDeleted(faceClip, () => mutate(editor, 'setPortraitVideo', '', played))).toEqual(
      missing('fileId', 'video file'),
    )
    const readAlong = {
      id: toGlobalId('Video', video.id),
      captions: [{ fileId: globalId(captions), language: 'de' }],
    }
    expect(await whileDeleted(captions, () => mutate(editor, 'updateVideo', '', readAlong))).toEqual(
      missing('captions', 'captions file'),
    )
  })
})

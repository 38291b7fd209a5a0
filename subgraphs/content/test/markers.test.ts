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
let rival: SeededTenant
let markerFile: number
const open: { close: () => Promise<void> }[] = []

beforeAll(async () => {
  content = await startContent()
  acme = await seedCompany(content.seed)
  rival = await seedCompany(content.seed)
  markerFile = (await content.seed.asset(acme.id, { kind: 'MARKER' })).id
})

afterEach(async () => {
  for (const subscriber of open.splice(0)) await subscriber.close()
})

afterAll(() => content.stop())

const seedContent = async () => (await content.seed.content(acme.id, acme.projectId, acme.imageId)).id
const seedPortrait = async () => {
  const [row] = await content.seed.sql<{ id: number }[]>`
    insert into content.portraits (company_id, image_id, storage_connection_id)
    select ${acme.id}, ${acme.imageId}, id from media.storage_connections where is_default returning id`
  return row?.id ?? 0
}

type Subject = { type: 'content' | 'portrait'; id: number }
const COMPLETED = () => ({ status: 'COMPLETED', fileId: markerFile, rating: 4.5, featureCount: 300 }) as const
const FAILED = { status: 'FAILED', code: 'TOO_SMALL', rating: null, featureCount: null } as const
type Outcome = ReturnType<typeof COMPLETED> | typeof FAILED | { status: 'PROCESSING' }

const report = (
  subject: Subject | number,
  outcome: Outcome,
  { generation = 1, attempt = 1, companyId = acme.id } = {},
) =>
  content.report({
    companyId,
    subject: typeof subject === 'number' ? { type: 'content', id: subject } : subject,
    generation,
    attempt,
    outcome,
  })

const MARKER = 'marker { status rating featureCount attempts generatedAt error { code message } file { id } }'

const marker = async (id: number) => {
  const query = `query ($id: ID!) { arContent(id: $id) { ${MARKER} } }`
  return asObject((await content.data(acme.viewer, query, { id: toGlobalId('ArContent', id) }))['arContent'])[
    'marker'
  ]
}

const CHANGED = `subscription ($companyId: ID!, $contentId: ID, $portraitId: ID, $after: String) {
  markerStatusChanged(companyId: $companyId, contentId: $contentId, portraitId: $portraitId, after: $after) {
    cursor at status
    content { id title marker { status } company { id } }
    portrait { id marker { status } }
  }
}`

async function subscribe(variables: Json = {}, caller = acme.viewer) {
  const subscriber = await content.subscribe(caller, CHANGED, { companyId: acme.globalId, ...variables })
  open.push(subscriber)
  return subscriber
}

describe('a report about a marker', () => {
  test('that it is complete is what everybody sees', async () => {
    const id = await seedContent()
    await report(id, { status: 'PROCESSING' })
    await report(id, COMPLETED())
    expect(await marker(id)).toEqual({
      status: 'COMPLETED',
      rating: 4.5,
      featureCount: 300,
      attempts: 1,
      generatedAt: expect.stringMatching(/Z$/),
      error: null,
      file: { id: toGlobalId('Asset', markerFile) },
    })
    expect(await content.eventsOf('marker.status', id)).toEqual([
      { status: 'PROCESSING' },
      { status: 'COMPLETED' },
    ])
  })

  test('that it failed says why', async () => {
    const id = await seedContent()
    await report(id, FAILED)
    expect(await marker(id)).toMatchObject({
      status: 'FAILED',
      error: {
        code: 'TOO_SMALL',
        message: 'The image has too few pixels to be recognised: upload a larger one.',
      },
    })
  })

  test('that it failed is told to the company, once for each request', async () => {
    const id = await seedContent()
    for (const attempt of [1, 1, 2]) await report(id, FAILED, { attempt })
    const told = await content.seed.sql<{ data: unknown }[]>`
      select data from jobs.job where name = 'notification.raise' and data->'subject'->>'id' = ${String(id)}`
    expect(told.map(({ data }) => data)).toEqual([
      {
        type: 'MARKER_FAILED',
        companyId: acme.id,
        subject: { type: 'content', id },
        generation: 1,
        code: 'TOO_SMALL',
      },
    ])
  })

  test('that comes late, again or from a run that was given up changes nothing and tells nobody', async () => {
    const id = await seedContent()
    await report(id, { status: 'PROCESSING' }, { attempt: 2 })
    await report(id, COMPLETED(), { attempt: 1 })
    await report(id, COMPLETED(), { attempt: 2 })
    await report(id, COMPLETED(), { attempt: 2 })
    await report(id, { status: 'PROCESSING' }, { attempt: 3 })
    expect(await marker(id)).toMatchObject({ status: 'COMPLETED', attempts: 2 })
    expect(await content.eventsOf('marker.status', id)).toHaveLength(2)
  })

  test('about something that is gone, or in another company, is done without a trace', async () => {
    const id = await seedContent()
    await content.seed.sql`update content.ar_contents set deleted_at = now() where id = ${id}`
    await report(id, { status: 'PROCESSING' })
    await report(999_999, { status: 'PROCESSING' })
    const foreign = await seedContent()
    await report(foreign, { status: 'PROCESSING' }, { companyId: rival.id })
    expect(await content.eventsOf('marker.status', id)).toEqual([])
    expect(await marker(foreign)).toMatchObject({ status: 'PENDING' })
  })

  test('sent ten times at once counts once', async () => {
    const id = await seedContent()
    await Promise.all(Array.from({ length: 10 }, () => report(id, COMPLETED())))
    expect(await content.eventsOf('marker.status', id)).toEqual([{ status: 'COMPLETED' }])
  })

  test('about a portrait is kept with the portrait', async () => {
    const id = await seedPortrait()
    await report({ type: 'portrait', id }, COMPLETED())
    const query = `query ($id: ID!) { portrait(id: $id) {
      ${MARKER} company { id } image { id } storageConnection { id } storageFolder { id } viewerUrl qrCode { path } uniqueId } }`
    const variables = { id: toGlobalId('Portrait', id) }
    const portrait = asObject((await content.data(acme.viewer, query, variables))['portrait'])
    const uniqueId = asText(portrait['uniqueId'])
    expect(portrait).toMatchObject({
      marker: { status: 'COMPLETED', rating: 4.5 },
      company: { id: acme.globalId },
      image: { id: toGlobalId('Asset', acme.imageId) },
      storageFolder: null,
      viewerUrl: `https://arv.example.com/v/${uniqueId}`,
      qrCode: { path: `/qr/${uniqueId}.svg` },
    })
    expect(await content.data(rival.owner, query, variables)).toEqual({ portrait: null })
  })
})

describe('compiling a marker anew', () => {
  const regenerate = (id: number, caller = acme.editor) =>
    content.mutate(caller, 'regenerateMarker', 'content { marker { status attempts file { id } } }', {
      contentId: toGlobalId('ArContent', id),
    })

  test('asks for it once more, and the present one keeps working', async () => {
    const id = await seedContent()
    await report(id, COMPLETED())
    expect(await regenerate(id)).toEqual({
      content: { marker: { status: 'PENDING', attempts: 0, file: { id: toGlobalId('Asset', markerFile) } } },
      userErrors: [],
    })
    expect((await content.waitingJobs('marker.compile')).at(-1)).toEqual({
      companyId: acme.id,
      subject: { type: 'content', id },
      imageId: acme.imageId,
      generation: 2,
    })
    expect((await content.eventsOf('marker.status', id)).at(-1)).toEqual({ status: 'PENDING' })
    expect(await content.auditOf('ArContent', id)).toMatchObject([
      { action: 'marker.regenerate', changes: { generation: 2 } },
    ])
  })

  test('makes reports of the earlier request late', async () => {
    const id = await seedContent()
    await regenerate(id)
    await report(id, COMPLETED(), { generation: 1, attempt: 9 })
    expect(await marker(id)).toMatchObject({ status: 'PENDING' })
    await report(id, COMPLETED(), { generation: 2 })
    expect(await marker(id)).toMatchObject({ status: 'COMPLETED' })
  })

  test('is not for other tenants, nor for viewers', async () => {
    const id = await seedContent()
    expect(await regenerate(id, rival.owner)).toEqual({
      content: null,
      userErrors: [{ code: 'NOT_FOUND', field: ['contentId'], message: 'There is no such content.' }],
    })
    expect(await regenerate(id, acme.viewer)).toMatchObject({ userErrors: [{ code: 'FORBIDDEN' }] })
  })
})

describe('a subscription to markers', () => {
  test('is told each step, with what is true now', async () => {
    const id = await seedContent()
    const subscriber = await subscribe({ contentId: toGlobalId('ArContent', id) })
    await report(id, { status: 'PROCESSING' })
    expect(await subscriber.next()).toEqual({
      cursor: expect.stringMatching(/^[\w-]+$/),
      at: expect.stringMatching(/Z$/),
      status: 'PROCESSING',
      content: {
        id: toGlobalId('ArContent', id),
        title: expect.any(String),
        marker: { status: 'PROCESSING' },
        company: { id: acme.globalId },
      },
      portrait: null,
    })
    await report(id, COMPLETED())
    expect(await subscriber.next()).toMatchObject({
      status: 'COMPLETED',
      content: { marker: { status: 'COMPLETED' } },
    })
  })

  test('of one content or portrait hears of no other', async () => {
    const id = await seedContent()
    const portrait = { type: 'portrait', id: await seedPortrait() } as const
    const ofContent = await subscribe({ contentId: toGlobalId('ArContent', id) })
    const ofPortrait = await subscribe({ portraitId: toGlobalId('Portrait', portrait.id) })
    await report(await seedContent(), { status: 'PROCESSING' })
    await report(portrait, { status: 'PROCESSING' })
    expect(await ofPortrait.next()).toMatchObject({
      content: null,
      portrait: { id: toGlobalId('Portrait', portrait.id), marker: { status: 'PROCESSING' } },
    })
    expect(await ofContent.isSilent()).toBe(true)
  })

  test('of a company hears of everything in it, and of nothing elsewhere', async () => {
    const mine = await subscribe()
    const theirs = await subscribe({ companyId: rival.globalId }, rival.viewer)
    const id = await seedContent()
    await report(id, { status: 'PROCESSING' })
    expect(await mine.next()).toMatchObject({ content: { id: toGlobalId('ArContent', id) } })
    expect(await theirs.isSilent()).toBe(true)
  })

  test('goes on after the cursor seen last, with nothing lost and nothing twice', async () => {
    const id = await seedContent()
    const contentId = toGlobalId('ArContent', id)
    const first = await subscribe({ contentId })
    await report(id, { status: 'PROCESSING' })
    const { cursor } = await first.next()
    await first.close()
    await report(id, FAILED)
    const second = await subscribe({ contentId, after: cursor })
    expect(await second.next()).toMatchObject({ status: 'FAILED' })
    await report(id, COMPLETED(), { attempt: 2 })
    expect(await second.next()).toMatchObject({ status: 'COMPLETED' })
    expect(await second.isSilent()).toBe(true)
  })

  test('refuses a cursor that is none', async () => {
    const subscriber = await subscribe({ after: 'nonsense' })
    expect(await subscriber.nextErrors()).toEqual([
      {
        message: 'This cursor is not one that a subscription or a query has returned.',
        extensions: { code: 'BAD_USER_INPUT', field: 'after' },
      },
    ])
  })

  test('is refused for both a content and a portrait', async () => {
    const variables = { companyId: acme.globalId, contentId: 'a', portraitId: 'b' }
    expect(await content.refusal(acme.viewer, CHANGED, variables)).toEqual([
      {
        message: 'Name a content or a portrait, not both.',
        extensions: { code: 'BAD_USER_INPUT', field: 'portraitId' },
      },
    ])
  })

  test('is refused alike for what is foreign, malformed and not there', async () => {
    const id = await seedContent()
    const theirs = await content.seed.content(rival.id, rival.projectId, rival.imageId)
    const refused = [
      {
        message: 'There is nothing of this id to subscribe to, or it is not yours to see.',
        extensions: { code: 'FORBIDDEN' },
      },
    ]
    const tries: Json[] = [
      { companyId: rival.globalId },
      { companyId: toGlobalId('Company', 999_999) },
      { companyId: 'nonsense' },
      { companyId: acme.globalId, contentId: toGlobalId('ArContent', theirs.id) },
      { companyId: acme.globalId, contentId: toGlobalId('ArContent', 999_999) },
      { companyId: acme.globalId, contentId: 'nonsense' },
      { companyId: acme.globalId, portraitId: toGlobalId('Portrait', 999_999) },
      { companyId: rival.globalId, contentId: toGlobalId('ArContent', id) },
    ]
    for (const variables of tries)
      expect(await content.refusal(acme.viewer, CHANGED, variables)).toEqual(refused)
    expect(await content.refusal(anonymous, CHANGED, { companyId: acme.globalId })).toMatchObject([
      { extensions: { code: 'UNAUTHENTICATED' } },
    ])
  })
})

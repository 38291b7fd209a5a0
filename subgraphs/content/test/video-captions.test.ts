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
/** Captions files of acme: their ids, and what visitors know them by. */
let german: { id: number; publicId: string }
let english: { id: number; publicId: string }

beforeAll(async () => {
  content = await startContent()
  acme = await seedCompany(content.seed)
  rival = await seedCompany(content.seed)
  german = await seedCaptions()
  english = await seedCaptions()
})

afterAll(() => content.stop())

const CAPTIONS = 'captions { language label file { id } }'
const VIDEO = `video { id version ${CAPTIONS} }`

const seedCaptions = (columns = {}, companyId = acme.id) =>
  content.seed.asset(companyId, { kind: 'CAPTIONS', mime_type: 'text/vtt', ...columns })
const seedContent = (columns = {}) => content.seed.content(acme.id, acme.projectId, acme.imageId, columns)
const asset = (id: number) => toGlobalId('Asset', id)
const video = (id: number) => toGlobalId('Video', id)
const captions = (file: { id: number }, language: string, label?: string) => ({
  fileId: asset(file.id),
  language,
  label,
})

const add = (contentId: number, given: readonly Json[] | null) =>
  content.mutate(acme.editor, 'addVideo', VIDEO, {
    contentId: toGlobalId('ArContent', contentId),
    fileId: asset(acme.videoFileId),
    title: 'Clip',
    captions: given,
  })
const update = (id: number, input: Json, caller = acme.editor) =>
  content.mutate(caller, 'updateVideo', VIDEO, { id: video(id), ...input })

/** A published content with a video that plays, without captions. */
async function seedLive() {
  const live = await seedContent({ published_at: new Date(0) })
  const { id } = await content.seed.video(acme.id, live.id, acme.videoFileId)
  await content.seed
    .sql`update content.ar_contents set active_video_id = ${id}, active_video_rule = 'DEFAULT' where id = ${live.id}`
  return { contentId: live.id, uniqueId: live.uniqueId, id }
}

const seen = async (uniqueId: string) => {
  const query = `query ($uniqueId: UUID!) {
    viewerContent(uniqueId: $uniqueId) { activeVideo { captions { language label file { publicId } } } } }`
  return (await content.data(anonymous, query, { uniqueId }))['viewerContent']
}

describe('captions of a video', () => {
  test('come with it, in the order in which they were given', async () => {
    const { id: contentId } = await seedContent()
    expect(await add(contentId, [captions(german, 'DE'), captions(english, 'en-us', ' For all ')])).toEqual({
      video: {
        id: expect.any(String),
        version: 1,
        captions: [
          { language: 'de', label: 'Deutsch', file: { id: asset(german.id) } },
          { language: 'en-US', label: 'For all', file: { id: asset(english.id) } },
        ],
      },
      userErrors: [],
    })
    const [row] = await content.seed.sql<[{ id: number }]>`
      select id from content.videos where content_id = ${contentId}`
    expect(await content.auditOf('Video', row.id)).toMatchObject([
      {
        action: 'video.add',
        changes: {
          captions: [
            { language: 'de', label: 'Deutsch', fileId: german.id },
            { language: 'en-US', label: 'For all', fileId: english.id },
          ],
        },
      },
    ])
  })

  test('are none unless they are given', async () => {
    const { id: contentId } = await seedContent()
    expect(await add(contentId, null)).toMatchObject({ video: { captions: [] }, userErrors: [] })
  })

  test('are replaced, left as they are, and taken away', async () => {
    const { id } = await seedLive()
    expect(await update(id, { captions: [captions(german, 'de')] })).toMatchObject({
      video: { version: 2, captions: [{ language: 'de', file: { id: asset(german.id) } }] },
    })
    expect(await update(id, { captions: null, title: 'Other' })).toMatchObject({
      video: { version: 3, captions: [{ language: 'de' }] },
    })
    // Nothing changes, and so no version is made.
    expect(await update(id, { captions: [captions(german, 'de', 'Deutsch')] })).toMatchObject({
      video: { version: 3, captions: [{ language: 'de' }] },
    })
    const both = [captions(english, 'en'), captions(german, 'de')]
    expect(await update(id, { captions: both })).toMatchObject({
      video: { version: 4, captions: [{ language: 'en' }, { language: 'de' }] },
    })
    expect(await update(id, { captions: both.toReversed() })).toMatchObject({
      video: { version: 5, captions: [{ language: 'de' }, { language: 'en' }] },
    })
    expect(await update(id, { captions: [] })).toMatchObject({ video: { version: 6, captions: [] } })
    expect((await content.auditOf('Video', id)).map(({ changes }) => Object.keys(changes))).toEqual([
      ['captions'],
      ['title'],
      ['captions'],
      ['captions'],
      ['captions'],
    ])
    expect(await update(id, { captions: both, expectedVersion: 5 })).toMatchObject({
      userErrors: [{ code: 'CONFLICT', message: expect.stringContaining('(captions)') }],
    })
  })

  test('may be of twenty languages, and no more', async () => {
    const languages = [
      'ar bg cs da de el en es et fi fr he hu it ja ko lt lv nb nl'.split(' '),
      ['pl'],
    ].flat()
    const all = languages.map((language) => captions(german, language))
    const { id } = await seedLive()
    expect(await update(id, { captions: all })).toMatchObject({
      userErrors: [
        {
          code: 'LIMIT_REACHED',
          field: ['captions'],
          message: 'A video may have captions in at most 20 languages.',
        },
      ],
    })
    expect(await update(id, { captions: all.slice(1) })).toMatchObject({ userErrors: [] })
  })

  test('of many videos cost one query', async () => {
    const { id: contentId } = await seedContent()
    await add(contentId, [captions(german, 'de')])
    await add(contentId, [captions(english, 'en')])
    await add(contentId, null)
    const query = `query ($id: ID!) { arContent(id: $id) { videos { ${CAPTIONS} } } }`
    const read = () => content.data(acme.viewer, query, { id: toGlobalId('ArContent', contentId) })
    expect(await read()).toMatchObject({
      arContent: {
        videos: [{ captions: [{ language: 'de' }] }, { captions: [{ language: 'en' }] }, { captions: [] }],
      },
    })
    const statements = await content.statementsOf(read)
    expect(statements.filter((statement) => statement.includes('video_captions'))).toHaveLength(1)
  })
})

describe('captions are refused, and nothing of the change is made,', () => {
  const missing = {
    code: 'NOT_FOUND',
    field: ['captions', '0', 'fileId'],
    message: 'There is no such captions file.',
  }

  const refusedOf = async (given: Json) => {
    const { id } = await seedLive()
    const { video: none, userErrors } = await update(id, { title: 'Other', captions: [given] })
    expect(none).toBeNull()
    const rows = await content.seed.sql`
      select title from content.videos v join content.video_captions t on t.video_id = v.id where v.id = ${id}
      union all select title from content.videos where id = ${id} and title = 'Other'`
    expect([...rows]).toEqual([])
    return userErrors
  }

  test('of a file of others, of another type and of none, all alike', async () => {
    const theirs = await seedCaptions({}, rival.id)
    for (const fileId of [asset(theirs.id), video(german.id), asset(999_999), 'nonsense']) {
      expect(await refusedOf({ fileId, language: 'de' })).toEqual([missing])
    }
  })

  test('of a file of another kind, or one that is not ready', async () => {
    expect(await refusedOf({ fileId: asset(acme.videoFileId), language: 'de' })).toEqual([
      {
        code: 'INVALID',
        field: ['captions', '0', 'fileId'],
        message: 'This file holds no captions: upload a WebVTT file as CAPTIONS.',
      },
    ])
    const failed = await seedCaptions({ status: 'FAILED' })
    expect(await refusedOf(captions(failed, 'de'))).toMatchObject([
      { code: 'INVALID', message: 'This file could not be processed: upload it again.' },
    ])
  })

  test('in a language that is none, with whatever else is wrong', async () => {
    expect(await refusedOf({ fileId: 'nonsense', language: 'Klingon!' })).toMatchObject([
      { code: 'INVALID', field: ['captions', '0', 'language'] },
      missing,
    ])
    const { id: contentId } = await seedContent()
    expect(await add(contentId, [captions(german, 'de'), captions(english, 'de')])).toMatchObject({
      video: null,
      userErrors: [{ code: 'INVALID', field: ['captions', '1', 'language'] }],
    })
  })

  test('from who may not change the video', async () => {
    const { id } = await seedLive()
    expect(await update(id, { captions: [] }, acme.viewer)).toMatchObject({
      userErrors: [{ code: 'FORBIDDEN' }],
    })
  })

  test('as a video: captions don’t play', async () => {
    const { id: contentId } = await seedContent()
    const input = { contentId: toGlobalId('ArContent', contentId), fileId: asset(german.id), title: 'Clip' }
    expect(await content.mutate(acme.editor, 'addVideo', VIDEO, input)).toMatchObject({
      userErrors: [{ code: 'INVALID', field: ['fileId'], message: 'This file is not a video.' }],
    })
  })
})

describe('a visitor', () => {
  test('gets those that can be read, and is told when those of what plays change', async () => {
    const { contentId, uniqueId, id } = await seedLive()
    const failed = await seedCaptions()
    const { id: other } = await content.seed.video(acme.id, contentId, acme.videoFileId)
    const query = `subscription ($uniqueId: UUID!) { viewerContentChanged(uniqueId: $uniqueId) {
      reason content { activeVideo { captions { language label file { publicId } } } } } }`
    const visitor = await content.subscribe(anonymous, query, { uniqueId })
    try {
      expect(await seen(uniqueId)).toEqual({ activeVideo: { captions: [] } })
      await update(other, { captions: [captions(english, 'en')] })
      await update(id, { captions: [captions(german, 'de'), captions(english, 'en', 'For all')] })
      const shown = {
        activeVideo: {
          captions: [
            { language: 'de', label: 'Deutsch', file: { publicId: german.publicId } },
            { language: 'en', label: 'For all', file: { publicId: english.publicId } },
          ],
        },
      }
      expect(await visitor.next()).toEqual({ reason: 'DETAILS', content: shown })
      expect(await seen(uniqueId)).toEqual(shown)

      await update(id, { captions: [captions(failed, 'fr'), captions(german, 'de')] })
      await content.seed.sql`update media.assets set status = 'FAILED' where id = ${failed.id}`
      expect(await seen(uniqueId)).toMatchObject({ activeVideo: { captions: [{ language: 'de' }] } })
    } finally {
      await visitor.close()
    }
  })
})

describe('captions go', () => {
  const left = async (contentId: number) => {
    const rows = await content.seed.sql`select from content.video_captions where content_id = ${contentId}`
    return rows.length
  }

  test('with their video, and their files stay', async () => {
    const { contentId, id } = await seedLive()
    await update(id, { captions: [captions(german, 'de')] })
    const removed = await content.mutate(acme.editor, 'removeVideo', 'removedVideoId', { id: video(id) })
    expect(removed).toMatchObject({ userErrors: [] })
    expect(await left(contentId)).toBe(0)
    expect(await content.waitingJobs('assets.discard')).toEqual([])
  })

  test('with their content, when it is deleted for good, and their files are discarded with its others', async () => {
    const { contentId, id } = await seedLive()
    const own = await seedCaptions()
    await update(id, { captions: [captions(german, 'de'), captions(own, 'en')] })
    const removed = await content.mutate(acme.owner, 'deleteArContent', 'deletedContentId', {
      id: toGlobalId('ArContent', contentId),
      permanently: true,
    })
    expect(removed).toMatchObject({ userErrors: [] })
    expect(await left(contentId)).toBe(0)
    const [job] = await content.waitingJobs('assets.discard')
    expect(job).toEqual({
      companyId: acme.id,
      assetIds: [acme.imageId, acme.videoFileId, german.id, own.id],
    })
  })
})

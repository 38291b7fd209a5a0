import { setTimeout as sleep } from 'node:timers/promises'
import { toGlobalId } from '@arv/relay'
import { photoLike } from '@arv/testkit/photos'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { assetOf, callerOf, type Media, type Member, NO_TRACES, startMedia } from './start-media.ts'

let media: Media
let member: Member

beforeAll(async () => {
  media = await startMedia()
  member = await media.member()
})
afterAll(() => media.close())

interface Page {
  readonly totalCount?: number
  readonly pageInfo: { readonly hasNextPage: boolean; readonly hasPreviousPage: boolean }
  readonly edges: readonly { readonly cursor: string; readonly node: { readonly fileName: string } }[]
}

const ASSETS = `assets(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $orderBy)`
const LIST = `query ($of: [_Any!]!, $first: Int, $after: String, $last: Int, $before: String,
  $filter: AssetFilter, $orderBy: AssetOrder, $count: Boolean = false) {
  _entities(representations: $of) {
    ... on Company { ${ASSETS} { ...Page } }
    ... on Project { ${ASSETS} { ...Page } }
  }
}
fragment Page on AssetConnection {
  totalCount @include(if: $count)
  pageInfo { hasNextPage hasPreviousPage }
  edges { cursor node { fileName } }
}`

const company = (id: number) => ({ __typename: 'Company', id: toGlobalId('Company', id) })
const project = (id: number) => ({ __typename: 'Project', id: toGlobalId('Project', id) })

async function listsOf(of: readonly object[], args: Record<string, unknown> = {}, caller = member.caller) {
  const answer = await media.run<{ _entities: { assets: Page | null }[] }>(caller, LIST, { of, ...args })
  if (!answer.data) throw new Error(JSON.stringify(answer))
  return answer.data._entities.map(({ assets }) => assets)
}

async function listOf(of: object, args: Record<string, unknown> = {}, caller = member.caller): Promise<Page> {
  const [page] = await listsOf([of], args, caller)
  if (!page) throw new Error('There is no list.')
  return page
}

const namesOf = (page: Page | null | undefined) => page?.edges.map(({ node }) => node.fileName)

describe('a list of files', () => {
  let owner: Member
  let projectId: number

  /** Six files of one instant, so that their order is by id; and a thumbnail. */
  beforeAll(async () => {
    owner = await media.member('VIEWER')
    const { seed } = media
    projectId = await seed.project(owner.companyId)
    const created_at = new Date('2026-03-01')
    const add = (file_name: string, columns = {}) =>
      seed.asset(owner.companyId, { file_name, created_at, ...columns })
    const image = await add('a 100% photo.jpg', { project_id: projectId, size_bytes: 4_000_000_000 })
    await add('b 1000 photos.jpg', { project_id: projectId, size_bytes: 20 })
    await add('c.jpg', { size_bytes: 100 })
    const clip = await add('d.mp4', { kind: 'VIDEO', project_id: projectId })
    await add('e.mp4', { kind: 'VIDEO' })
    await add('f.mind', { kind: 'MARKER' })
    await add('thumbnail.webp', { kind: 'THUMBNAIL', project_id: projectId })
    const content = await seed.content(owner.companyId, projectId, image.id)
    await seed.video(owner.companyId, content.id, clip.id)
  })

  const names = async (args: Record<string, unknown> = {}) =>
    namesOf(await listOf(company(owner.companyId), args, owner.caller))

  test('of a company has all but previews, the newest first; of a project, its own', async () => {
    expect(await names()).toEqual([
      'f.mind',
      'e.mp4',
      'd.mp4',
      'c.jpg',
      'b 1000 photos.jpg',
      'a 100% photo.jpg',
    ])
    const own = await listOf(project(projectId), { count: true }, owner.caller)
    expect(namesOf(own)).toEqual(['d.mp4', 'b 1000 photos.jpg', 'a 100% photo.jpg'])
    expect(own.totalCount).toBe(3)
  })

  test('is filtered by kind, by use and by name, all at once', async () => {
    expect(await names({ filter: { kindAny: ['VIDEO', 'THUMBNAIL'] } })).toEqual([
      'thumbnail.webp',
      'e.mp4',
      'd.mp4',
    ])
    expect(await names({ filter: { kindAny: [] } })).toHaveLength(6)
    expect(await names({ filter: { isUsed: true } })).toEqual(['d.mp4', 'a 100% photo.jpg'])
    expect(await names({ filter: { isUsed: false } })).toEqual([
      'f.mind',
      'e.mp4',
      'c.jpg',
      'b 1000 photos.jpg',
    ])
    expect(await names({ filter: { search: ' 100% PHOTO' } })).toEqual(['a 100% photo.jpg'])
    expect(await names({ filter: { search: 'photo', isUsed: false, kindAny: ['IMAGE'] } })).toEqual([
      'b 1000 photos.jpg',
    ])
  })

  test('is ordered by name and by size, either way', async () => {
    expect(await names({ orderBy: { field: 'FILE_NAME', direction: 'ASC' }, first: 2 })).toEqual([
      'a 100% photo.jpg',
      'b 1000 photos.jpg',
    ])
    expect(await names({ orderBy: { field: 'SIZE_BYTES', direction: 'ASC' }, first: 2 })).toEqual([
      'b 1000 photos.jpg',
      'c.jpg',
    ])
    expect(await names({ orderBy: { field: 'SIZE_BYTES', direction: 'DESC' }, first: 1 })).toEqual([
      'a 100% photo.jpg',
    ])
  })

  test.each(['FILE_NAME', 'CREATED_AT', 'SIZE_BYTES'])('by %s is paged there and back', async (field) => {
    const orderBy = { field, direction: 'DESC' }
    const whole = await names({ orderBy })
    const of = company(owner.companyId)
    const forth: string[] = []
    for (let after: string | undefined, more = true; more;) {
      const page = await listOf(of, { orderBy, first: 4, after }, owner.caller)
      forth.push(...(namesOf(page) ?? []))
      after = page.edges.at(-1)?.cursor
      more = page.pageInfo.hasNextPage
    }
    expect(forth).toEqual(whole)
    const last = await listOf(of, { orderBy, last: 2 }, owner.caller)
    const before = await listOf(of, { orderBy, last: 2, before: last.edges[0]?.cursor }, owner.caller)
    expect([...(namesOf(before) ?? []), ...(namesOf(last) ?? [])]).toEqual(whole?.slice(-4))
    expect(before.pageInfo).toEqual({ hasNextPage: true, hasPreviousPage: true })
  })

  test('is counted only when that is asked for, and one query serves many owners', async () => {
    const other = await media.seed.project(owner.companyId)
    const asked = async (args: object) => {
      const before = media.statements()
      const lists = await listsOf([project(projectId), project(other)], { ...args }, owner.caller)
      return { lists, statements: media.statements() - before }
    }
    const plain = await asked({})
    const counted = await asked({ count: true })
    expect(counted.lists.map((page) => page?.totalCount)).toEqual([3, 0])
    expect(counted.statements).toBe(plain.statements * 2)
  })

  test('shows nobody else’s files, and refuses what can’t be searched for', async () => {
    expect(namesOf(await listOf(project(projectId)))).toEqual([])
    expect(namesOf(await listOf(company(owner.companyId)))).toEqual([])
    const { id } = await media.seed.user({ is_platform_admin: true })
    expect(namesOf(await listOf(project(projectId), {}, callerOf(id, [], true)))).toHaveLength(3)
    const filter = { search: 'x'.repeat(201) }
    const answer = await media.run(owner.caller, LIST, { of: [project(projectId)], filter })
    expect(answer.errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT', field: 'filter.search' })
  })
})

const USES = `uses { as usedById isDeleted content { id } video { id } portrait { id } file { id } }`
const DELETE = `mutation ($input: DeleteAssetInput!) {
  deleteAsset(input: $input) { deletedAssetId uses { as usedById isDeleted } userErrors { code message } }
}`

interface Uses {
  readonly asset: { readonly uses: readonly { readonly as: string; readonly usedById: string }[] }
}

interface Deletion {
  readonly deleteAsset: {
    readonly deletedAssetId: string | null
    readonly uses: readonly object[]
    readonly userErrors: readonly { readonly code: string; readonly message: string }[]
  }
}

async function usesOf(assetId: number, { caller } = member) {
  const query = `query ($id: ID!) { asset(id: $id) { ${USES} } }`
  const answer = await media.run<Uses>(caller, query, { id: toGlobalId('Asset', assetId) })
  return answer.data?.asset.uses
}

async function remove(assetId: number, { caller } = member) {
  const answer = await media.run<Deletion>(caller, DELETE, { input: { id: toGlobalId('Asset', assetId) } })
  if (!answer.data) throw new Error(JSON.stringify(answer))
  return answer.data.deleteAsset
}

describe('what uses a file', () => {
  const nothing = { isDeleted: false, content: null, video: null, portrait: null, file: null }

  test('is said of each sort of use, by the global id of what it is', async () => {
    const { seed } = media
    const { companyId } = member
    const file = (columns = {}) => seed.asset(companyId, columns)
    const [image, next, marker, clip, captions, face, faceMarker, faceClip, thumbnail] = [
      await file(),
      await file(),
      await file({ kind: 'MARKER' }),
      await file({ kind: 'VIDEO' }),
      await file({ kind: 'CAPTIONS' }),
      await file(),
      await file({ kind: 'MARKER' }),
      await file({ kind: 'VIDEO' }),
      await file({ kind: 'THUMBNAIL' }),
    ]
    const whole = await file({ thumbnail_id: thumbnail.id })
    const inContent = await seed.content(companyId, await seed.project(companyId), image.id, {
      next_image_id: next.id,
      marker_file_id: marker.id,
    })
    const video = await seed.video(companyId, inContent.id, clip.id)
    await seed.sql`insert into content.video_captions (company_id, content_id, video_id, language, label, file_id, place)
      values (${companyId}, ${inContent.id}, ${video.id}, 'de', 'Deutsch', ${captions.id}, 1)`
    const portrait = await seed.portrait(companyId, face.id, {
      marker_file_id: faceMarker.id,
      video_file_id: faceClip.id,
    })
    const content = { id: toGlobalId('ArContent', inContent.id) }
    const ofContent = { ...nothing, usedById: content.id, content }
    const ofVideo = { ...nothing, content, video: { id: toGlobalId('Video', video.id) } }
    const byPortrait = { id: toGlobalId('Portrait', portrait.id) }
    const ofPortrait = { ...nothing, usedById: byPortrait.id, portrait: byPortrait }
    const byFile = { id: toGlobalId('Asset', whole.id) }
    expect(await usesOf(image.id)).toEqual([{ as: 'CONTENT_IMAGE', ...ofContent }])
    expect(await usesOf(next.id)).toEqual([{ as: 'CONTENT_NEXT_IMAGE', ...ofContent }])
    expect(await usesOf(marker.id)).toEqual([{ as: 'CONTENT_MARKER', ...ofContent }])
    expect(await usesOf(clip.id)).toEqual([{ as: 'VIDEO', usedById: ofVideo.video.id, ...ofVideo }])
    expect(await usesOf(captions.id)).toEqual([
      { as: 'VIDEO_CAPTIONS', usedById: ofVideo.video.id, ...ofVideo },
    ])
    expect(await usesOf(face.id)).toEqual([{ as: 'PORTRAIT_IMAGE', ...ofPortrait }])
    expect(await usesOf(faceMarker.id)).toEqual([{ as: 'PORTRAIT_MARKER', ...ofPortrait }])
    expect(await usesOf(faceClip.id)).toEqual([{ as: 'PORTRAIT_VIDEO', ...ofPortrait }])
    expect(await usesOf(thumbnail.id)).toEqual([
      { as: 'PREVIEW', ...nothing, usedById: byFile.id, file: byFile },
    ])
    expect(await usesOf(whole.id)).toEqual([])
  })

  test('is a content, too, for whose marker it was just stored and not reported yet', async () => {
    const { seed } = media
    const { companyId } = member
    const image = await seed.asset(companyId)
    const content = await seed.content(companyId, await seed.project(companyId), image.id, {
      marker_generation: 2,
    })
    const markerOf = (generation: number) =>
      seed.asset(companyId, {
        kind: 'MARKER',
        metadata: { subjectType: 'content', subjectId: content.id, generation },
      })
    const [old, current] = [await markerOf(1), await markerOf(2)]
    await seed.sql`update media.storage_usage set used_bytes = 5000 where company_id = ${companyId}`
    expect(await usesOf(current.id)).toMatchObject([{ as: 'CONTENT_MARKER' }])
    expect((await remove(current.id)).deletedAssetId).toBeNull()
    expect((await remove(old.id)).userErrors).toEqual([])
  })

  test('comes with the refusal to delete it, that which is there before that which was deleted', async () => {
    const { seed } = media
    const { companyId } = member
    const image = await seed.asset(companyId)
    const projectId = await seed.project(companyId)
    const gone = await seed.content(companyId, projectId, image.id, { deleted_at: new Date() })
    const there = await seed.content(companyId, projectId, image.id)
    const [goneId, thereId] = [toGlobalId('ArContent', gone.id), toGlobalId('ArContent', there.id)]
    expect(await remove(image.id)).toEqual({
      deletedAssetId: null,
      uses: [
        { as: 'CONTENT_IMAGE', usedById: thereId, isDeleted: false },
        { as: 'CONTENT_IMAGE', usedById: goneId, isDeleted: true },
      ],
      userErrors: [
        {
          code: 'CONFLICT',
          message: `The file is still in use: as the image of content ${thereId}, as the image of deleted content ${goneId}. A deleted content keeps its files for as long as it can be restored; an owner can delete it permanently before.`,
        },
      ],
    })
    expect(await usesOf(image.id)).toMatchObject([{ content: { id: thereId } }, { content: null }])
  })

  test('is told up to twenty times, and said up to three times', async () => {
    const { seed } = media
    const { companyId } = member
    const image = await seed.asset(companyId)
    const projectId = await seed.project(companyId)
    for (let i = 0; i < 21; i += 1) await seed.content(companyId, projectId, image.id)
    const { uses, userErrors } = await remove(image.id)
    expect(uses).toHaveLength(20)
    expect(userErrors[0]?.message).toMatch(
      /^The file is still in use: (?:as the image of content \w+, ){3}and more\.$/,
    )
  })
})

describe('a file that is deleted at the same moment', () => {
  async function uploaded() {
    const owner = await media.member()
    const input = { companyId: owner.company, kind: 'IMAGE' } as const
    const { id } = assetOf(await media.upload(owner.caller, input, await photoLike(1)))
    const [row] = await media.seed.sql<[{ id: number }]>`
      select id from media.assets where company_id = ${owner.companyId} and kind = 'IMAGE'`
    return { owner, id: row.id, globalId: id }
  }

  test('by a second click goes once, and so does what it took of the quota', async () => {
    const { owner, id, globalId } = await uploaded()
    const outcomes = await Promise.all([remove(id, owner), remove(id, owner), remove(id, owner)])
    expect(outcomes.filter(({ deletedAssetId }) => deletedAssetId === globalId)).toHaveLength(1)
    expect(outcomes.flatMap(({ userErrors }) => userErrors.map(({ code }) => code))).toEqual([
      'NOT_FOUND',
      'NOT_FOUND',
    ])
    expect(await media.traces(owner.companyId)).toEqual(NO_TRACES)
  })

  test('stays for whoever began to use it first, and they are named', async () => {
    const { owner, id } = await uploaded()
    const projectId = await media.seed.project(owner.companyId)
    const waiting = await media.seed.sql.begin(async (sql) => {
      const [content] = await sql<[{ id: number }]>`
        insert into content.ar_contents (company_id, project_id, image_id, title)
        values (${owner.companyId}, ${projectId}, ${id}, 'At the same moment') returning id`
      const removal = remove(id, owner)
      await sleep(200)
      return { removal, contentId: content.id }
    })
    expect(await waiting.removal).toMatchObject({
      deletedAssetId: null,
      uses: [{ as: 'CONTENT_IMAGE', usedById: toGlobalId('ArContent', waiting.contentId) }],
    })
    expect(await media.traces(owner.companyId)).toMatchObject({ assets: 2, unsettled: 0 })
  })
})

import { createHash } from 'node:crypto'
import { fromGlobalId, toGlobalId } from '@arv/relay'
import { clip } from '@arv/testkit/clips'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import {
  assetOf,
  type Media,
  type Member,
  NOBODY,
  PUBLIC_URL,
  startMedia,
  type UploadedAsset,
} from './start-media.ts'

let media: Media
let member: Member
let video: Buffer
/** Of a video that no content shows. */
let hidden: UploadedAsset
/** Of one that live content plays. */
let shown: UploadedAsset
let publicId: string

beforeAll(async () => {
  media = await startMedia()
  member = await media.member()
  video = await clip({ seconds: 1 })
  hidden = await uploadVideo('Hidden.mp4')
  shown = await uploadVideo('Büro (1).mp4')
  const { seed } = media
  const project = await seed.project(member.companyId)
  const image = await seed.asset(member.companyId)
  const content = await seed.content(member.companyId, project, image.id, {
    published_at: new Date('2026-01-01'),
  })
  const [file] = await seed.sql<[{ id: number; public_id: string }]>`
    select id, public_id from media.assets where file_name = 'Büro (1).mp4'`
  await seed.video(member.companyId, content.id, file.id)
  publicId = file.public_id
})
afterAll(() => media.close())

async function uploadVideo(name: string) {
  const answer = await media.upload(member.caller, { companyId: member.company, kind: 'VIDEO' }, video, name)
  return assetOf(answer)
}

/** As the gateway's proxy asks, for somebody without a token. */
async function get(address: string, headers: Record<string, string> = {}, method = 'GET') {
  const token = await media.tokenOf(NOBODY)
  return fetch(address.replace(PUBLIC_URL, media.url), {
    method,
    headers: { authorization: `Bearer ${token}`, ...headers },
  })
}

const publicUrl = () => shown.url.split('?')[0] ?? ''

describe('a file that something live shows', () => {
  test('is there for everybody, with all that a cache and a player need', async () => {
    const response = await get(publicUrl())
    expect(response.status).toBe(200)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'video/mp4',
      'content-length': String(video.length),
      'accept-ranges': 'bytes',
      etag: `"${createHash('sha256').update(video).digest('hex')}"`,
      'cache-control': 'public, max-age=300',
      'access-control-allow-origin': '*',
      'x-content-type-options': 'nosniff',
      'content-disposition': `inline; filename="B_ro (1).mp4"; filename*=UTF-8''B%C3%BCro%20%281%29.mp4`,
    })
    expect(Buffer.from(await response.arrayBuffer())).toEqual(video)
  })

  test('is text in UTF-8, and nothing else, when it is captions', async () => {
    const text = Buffer.from('WEBVTT\n\n00:01.000 --> 00:04.000\nGrüße\n')
    const captions = { companyId: member.company, kind: 'CAPTIONS' } as const
    const asset = assetOf(await media.upload(member.caller, captions, text, 'Deutsch.vtt'))
    const address = asset.url.split('?')[0] ?? ''
    expect((await get(address)).status).toBe(404)
    await media.seed.sql`
      insert into content.video_captions (company_id, content_id, video_id, language, label, file_id, place)
      select company_id, content_id, id, 'de', 'Deutsch', ${fromGlobalId('Asset', asset.id)}, 0
      from content.videos where company_id = ${member.companyId}`
    for (const url of [address, asset.url]) {
      const response = await get(url)
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'content-type': 'text/vtt; charset=utf-8',
        'x-content-type-options': 'nosniff',
        'content-disposition': expect.stringContaining('inline; filename="Deutsch.vtt"'),
        ...(url === address && {
          'access-control-allow-origin': '*',
          'cache-control': 'public, max-age=300',
        }),
      })
      expect(Buffer.from(await response.arrayBuffer())).toEqual(text)
    }
    await media.seed.sql`delete from content.video_captions where company_id = ${member.companyId}`
    expect((await get(address)).status).toBe(404)
  })

  test('is the address that PublicFile gives, with its poster', async () => {
    const query = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
      ... on PublicFile { url mimeType sizeBytes width height durationSeconds poster { url mimeType width height } } } }`
    const unknown = '0b9a63b6-5f6e-4c0b-9d0e-6d2f4ab1c8a7'
    const representations = [publicId, unknown].map((id) => ({ __typename: 'PublicFile', publicId: id }))
    const answer = await media.run<{ _entities: { poster: { url: string } }[] }>(NOBODY, query, {
      representations,
    })
    expect(answer).toEqual({
      data: {
        _entities: [
          {
            url: publicUrl(),
            mimeType: 'video/mp4',
            sizeBytes: video.length,
            width: 320,
            height: 240,
            durationSeconds: expect.closeTo(1, 1),
            poster: {
              url: expect.stringMatching(/^https:\/\/arv\.example\/media\/[0-9a-f-]{36}\//),
              mimeType: 'image/jpeg',
              width: 320,
              height: 240,
            },
          },
          null,
        ],
      },
    })
    const poster = await get(answer.data?._entities[0]?.poster.url ?? '')
    expect([poster.status, poster.headers.get('content-type')]).toEqual([200, 'image/jpeg'])
    await poster.arrayBuffer()
  })

  test('is sent in parts', async () => {
    const response = await get(publicUrl(), { range: 'bytes=100-199' })
    expect(response.status).toBe(206)
    expect(response.headers.get('content-range')).toBe(`bytes 100-199/${video.length}`)
    expect(response.headers.get('content-length')).toBe('100')
    expect(Buffer.from(await response.arrayBuffer())).toEqual(video.subarray(100, 200))
  })

  test('has no part behind its end', async () => {
    const response = await get(publicUrl(), { range: `bytes=${video.length}-` })
    expect(response.status).toBe(416)
    expect(response.headers.get('content-range')).toBe(`bytes */${video.length}`)
    await response.arrayBuffer()
  })

  test('is not sent again to who has it', async () => {
    const etag = `"${shown.checksumSha256}"`
    const response = await get(publicUrl(), { 'if-none-match': `"other", W/${etag}` })
    expect([response.status, response.headers.get('etag'), await response.text()]).toEqual([304, etag, ''])
  })

  test('is sent whole when the part is wanted of another version', async () => {
    const same = await get(publicUrl(), { range: 'bytes=0-9', 'if-range': `"${shown.checksumSha256}"` })
    const other = await get(publicUrl(), { range: 'bytes=0-9', 'if-range': '"other"' })
    expect([same.status, other.status]).toEqual([206, 200])
    await Promise.all([same.arrayBuffer(), other.arrayBuffer()])
  })

  test('answers HEAD as it answers GET, without the bytes', async () => {
    const response = await get(publicUrl(), {}, 'HEAD')
    expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([
      200,
      String(video.length),
      '',
    ])
  })

  test.each([
    ['what showed it', 'content.ar_contents set is_active = false', 'is_active = true'],
    ['its project', 'tenancy.projects set archived_at = now()', 'archived_at = null'],
    ['its company', 'tenancy.companies set is_active = false', 'is_active = true'],
    [
      'its company’s grace',
      `tenancy.companies set subscription_expires_at = now() - interval '168 hours'`,
      'subscription_expires_at = null',
    ],
  ])('disappears with %s', async (_what, away, back) => {
    await media.seed.sql.unsafe(`update ${away}`)
    const response = await get(publicUrl())
    await media.seed.sql.unsafe(`update ${away.split(' ')[0]} set ${back}`)
    expect([response.status, await response.text()]).toEqual([404, 'There is no such file.\n'])
    expect((await get(publicUrl())).status).toBe(200)
  })
})

describe('a file that nothing shows', () => {
  test('is there for who has its signed address, for them alone to cache', async () => {
    const response = await get(hidden.url)
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('private, max-age=300')
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
    expect(Buffer.from(await response.arrayBuffer())).toEqual(video)
    const poster = await get(hidden.thumbnail.url)
    expect([poster.status, (await poster.arrayBuffer()).byteLength > 0]).toEqual([200, true])
  })

  test('is not there once the address has expired', async () => {
    vi.useFakeTimers({ now: Date.now() + 2 * 3_600_000, toFake: ['Date'] })
    const response = await get(hidden.url)
    vi.useRealTimers()
    expect(response.status).toBe(404)
    await response.text()
  })

  test('looks like no file at all without a signature, with a wrong one, with another name, and elsewhere', async () => {
    const { pathname, search } = new URL(hidden.url)
    const nowhere = pathname.replace(/[0-9a-f-]{36}/, '0b9a63b6-5f6e-4c0b-9d0e-6d2f4ab1c8a7')
    const addresses = [
      pathname,
      `${pathname}${search.slice(0, -2)}AA`,
      `${pathname}${search}&signature=again`,
      `${pathname}?expires=99999999999&signature=AAAA`,
      `${pathname.replace('Hidden', 'Other')}${search}`,
      `${nowhere}${search}`,
      '/media/not-a-uuid/Hidden.mp4',
      `/media/${publicId}/Other.mp4`,
    ]
    for (const address of addresses) {
      const response = await get(`${media.url}${address}`)
      expect([address, response.status, await response.text()]).toEqual([
        address,
        404,
        'There is no such file.\n',
      ])
      expect(response.headers.get('cache-control')).toBe('no-store')
      expect(response.headers.get('etag')).toBeNull()
    }
  })
})

describe('deleteAsset', () => {
  const DELETE = `mutation ($input: DeleteAssetInput!) {
    deleteAsset(input: $input) { deletedAssetId userErrors { code field message } }
  }`
  const outcome = async (caller: Member['caller'], id: string) =>
    (await media.run<{ deleteAsset: object }>(caller, DELETE, { input: { id } })).data?.deleteAsset

  test('refuses what content still plays', async () => {
    const [shownVideo] = await media.seed.sql<[{ id: number }]>`
      select id from content.videos where company_id = ${member.companyId}`
    const id = toGlobalId('Video', shownVideo.id)
    const message = `The file is still in use: as the file of video ${id}.`
    expect(await outcome(member.caller, shown.id)).toEqual({
      deletedAssetId: null,
      userErrors: [{ code: 'CONFLICT', field: ['id'], message }],
    })
  })

  test('says the same of a file of others, of another type, and of none', async () => {
    const other = await media.member()
    const theirs = await media.seed.asset(other.companyId)
    for (const id of [
      toGlobalId('Asset', theirs.id),
      toGlobalId('Company', member.companyId),
      'nonsense',
      toGlobalId('Asset', 99_999),
    ]) {
      expect(await outcome(member.caller, id)).toEqual({
        deletedAssetId: null,
        userErrors: [{ code: 'NOT_FOUND', field: ['id'], message: 'There is no such file.' }],
      })
    }
  })

  test('removes rows, files and used bytes, the poster’s too', async () => {
    const before = { traces: await media.traces(member.companyId), files: await media.files() }
    const asset = await uploadVideo('Short-lived.mp4')
    expect((await media.traces(member.companyId)).assets).toBe(before.traces.assets + 2)
    expect(await outcome(member.caller, asset.id)).toEqual({ deletedAssetId: asset.id, userErrors: [] })
    expect(await media.traces(member.companyId)).toEqual(before.traces)
    expect(await media.files()).toEqual(before.files)
  })
})

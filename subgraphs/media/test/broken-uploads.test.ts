import { writeFile, mkdir } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { clip } from '@arv/testkit/clips'
import { photoLike } from '@arv/testkit/photos'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { assetOf, type Media, type Member, NO_TRACES, startMedia, UPLOAD } from './start-media.ts'

let media: Media
let photo: Buffer
let video: Buffer

beforeAll(async () => {
  media = await startMedia()
  photo = await photoLike(1, { width: 640, height: 480 })
  video = await clip({ seconds: 4, width: 640, height: 480, seed: 3 })
})
afterAll(() => media.close())

/** Begins to upload a video of 8 MB over a connection of its own, and sends as many bytes of it as are given. */
async function beginUpload({ caller, company }: Member, bytes: Buffer) {
  const boundary = 'the-boundary'
  const variables = { input: { companyId: company, kind: 'VIDEO', file: null } }
  const field = (name: string, text: string) =>
    `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`
  const outgoing = request(`${media.url}/graphql`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await media.tokenOf(caller)}`,
      'content-type': `multipart/form-data; boundary=${boundary}`,
      'content-length': 8_000_000,
    },
  })
  outgoing.on('error', () => {})
  outgoing.write(field('operations', JSON.stringify({ query: UPLOAD, variables })))
  outgoing.write(field('map', JSON.stringify({ file: ['variables.input.file'] })))
  outgoing.write(
    `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="a.mp4"\r\ncontent-type: video/mp4\r\n\r\n`,
  )
  outgoing.write(bytes)
  return outgoing
}

test('a client that goes away in the middle leaves no file, no row and no reservation', async () => {
  const member = await media.member()
  const outgoing = await beginUpload(member, Buffer.concat([video, Buffer.alloc(3_000_000)]))
  await vi.waitFor(async () => {
    expect((await media.traces(member.companyId)).reserved).toBeGreaterThan(1_000_000)
    expect((await media.files()).some((path) => path.startsWith('.incoming/'))).toBe(true)
  }, 10_000)

  outgoing.destroy()
  await vi.waitFor(async () => {
    expect(await media.traces(member.companyId)).toEqual(NO_TRACES)
    expect(await media.files()).toEqual([])
  }, 10_000)
})

test('a storage that fails is an outage, and leaves nothing', async () => {
  const { caller, company, companyId } = await media.member('EDITOR', { slug: 'no-folder' })
  await mkdir(join(media.localRoot, 'companies'), { recursive: true })
  const inTheWay = `companies/${companyId}-no-folder`
  await writeFile(join(media.localRoot, inTheWay), 'a file where a folder should be')

  const answer = await media.upload(caller, { companyId: company, kind: 'IMAGE' }, photo)
  expect(answer.errors).toMatchObject([{ extensions: { code: 'SERVICE_UNAVAILABLE' } }])
  expect(await media.traces(companyId)).toEqual(NO_TRACES)
  expect((await media.files()).filter((path) => path !== inTheWay)).toEqual([])
})

test('a database that refuses the last transaction leaves nothing of the files that were written', async () => {
  const { caller, company, companyId } = await media.member()
  const before = await media.files()
  await media.seed.sql`alter table media.assets add constraint no_videos check (kind <> 'VIDEO') not valid`
  const answer = await media.upload(caller, { companyId: company, kind: 'VIDEO' }, video, 'clip.mp4')
  await media.seed.sql`alter table media.assets drop constraint no_videos`

  expect(answer.errors).toMatchObject([{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }])
  expect(await media.traces(companyId)).toEqual(NO_TRACES)
  expect(await media.files()).toEqual(before)
})

describe('a quota', () => {
  const GB = 2 ** 30

  /** A company that has room for so many bytes. */
  async function memberWithRoom(bytes: number): Promise<Member> {
    const member = await media.member('EDITOR', { storage_quota_gb: 1 })
    await media.seed.sql`
      update media.storage_usage set used_bytes = ${GB - bytes}::bigint where company_id = ${member.companyId}`
    return member
  }

  test('that is full refuses the file before its bytes are taken', async () => {
    const { caller, company, companyId } = await memberWithRoom(video.length - 1)
    const answer = await media.upload(caller, { companyId: company, kind: 'VIDEO' }, video, 'clip.mp4')
    expect(answer.data?.uploadAsset.userErrors).toEqual([
      { code: 'LIMIT_REACHED', field: ['file'], message: 'The company has no room left for this file.' },
    ])
    expect(await media.traces(companyId)).toEqual({ ...NO_TRACES, used: GB - video.length + 1 })
  })

  test('that is used up is told to the company, and so is a file that does not fit any more', async () => {
    const { caller, company, companyId } = await memberWithRoom(GB / 2 + 1)
    const upload = () => media.upload(caller, { companyId: company, kind: 'VIDEO' }, video, 'clip.mp4')
    const told = () => media.seed.sql`
      select data->>'type' as type, (data->>'percent')::int as percent from jobs.job
      where name = 'notification.raise' and (data->>'companyId')::int = ${companyId} order by created_on`
    await upload()
    expect([...(await told())]).toEqual([{ type: 'QUOTA_REACHED', percent: 50 }])
    await upload()
    expect(await told()).toHaveLength(1)
    await media.seed.sql`
      update media.storage_usage set used_bytes = ${GB - 1} where company_id = ${companyId}`
    await upload()
    expect([...(await told())].at(-1)).toEqual({ type: 'QUOTA_REACHED', percent: 100 })
  })

  test('that has room for the file and not for its poster leaves nothing', async () => {
    const { caller, company, companyId } = await memberWithRoom(video.length)
    const answer = await media.upload(caller, { companyId: company, kind: 'VIDEO' }, video, 'clip.mp4')
    expect(answer.data?.uploadAsset.userErrors).toMatchObject([{ code: 'LIMIT_REACHED' }])
    expect(await media.traces(companyId)).toEqual({ ...NO_TRACES, used: GB - video.length })
  })

  test('that fits five of twenty uploads at once takes five, to the byte', async () => {
    const one = await media.member()
    const first = await media.upload(one.caller, { companyId: one.company, kind: 'VIDEO' }, video, 'clip.mp4')
    const asset = assetOf(first)
    const each = asset.sizeBytes + asset.thumbnail.sizeBytes
    // Or a sixth could reserve for a while what the posters of five need.
    expect(5 * each).toBeLessThan(6 * video.length)

    const { caller, company, companyId } = await memberWithRoom(5 * each)
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        media.upload(caller, { companyId: company, kind: 'VIDEO' }, video, 'clip.mp4'),
      ),
    )
    const codes = answers.map((answer) => answer.data?.uploadAsset.userErrors[0]?.code ?? 'TAKEN')
    const times = (code: string) => codes.filter((given) => given === code).length
    expect([times('TAKEN'), times('LIMIT_REACHED')]).toEqual([5, 15])
    expect(await media.traces(companyId)).toEqual({ ...NO_TRACES, assets: 10, used: GB })
    expect((await media.files()).filter((path) => path.startsWith(`companies/${companyId}-`))).toHaveLength(
      10,
    )
  })
})

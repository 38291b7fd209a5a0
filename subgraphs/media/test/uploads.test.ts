import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32, deflateSync } from 'node:zlib'
import { toGlobalId } from '@arv/relay'
import { clip } from '@arv/testkit/clips'
import { photoLike } from '@arv/testkit/photos'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { assetOf, callerOf, type Media, NO_TRACES, NOBODY, startMedia } from './start-media.ts'

let media: Media
let photo: Buffer
let video: Buffer

beforeAll(async () => {
  media = await startMedia({ maxImageBytes: 1_500_000, maxVideoBytes: 3_000_000 })
  photo = await photoLike(1, { width: 640, height: 480 })
  video = await clip({ seconds: 1 })
})
afterAll(() => media.close())

const refusal = (code: string, field: string[] | null, message: string) => ({
  data: { uploadAsset: { asset: null, userErrors: [{ code, field, message }] } },
})

describe('an uploaded photo', () => {
  test('is kept with its thumbnail, counted, and written into the audit log', async () => {
    const { caller, company, companyId } = await media.member()
    const answer = await media.upload(caller, { companyId: company, kind: 'IMAGE' }, photo, 'Beach.JPEG')

    expect(answer.errors).toBeUndefined()
    const asset = assetOf(answer)
    expect(asset).toMatchObject({
      kind: 'IMAGE',
      status: 'READY',
      fileName: 'Beach.jpg',
      mimeType: 'image/jpeg',
      width: 640,
      height: 480,
      durationSeconds: null,
      checksumSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      thumbnail: { kind: 'THUMBNAIL', width: 400, height: 300, mimeType: 'image/webp' },
    })
    expect(asset.path).toMatch(new RegExp(`^companies/${companyId}-company-\\d+/images/[0-9a-f-]{36}\\.jpg$`))
    const kept = await media.files()
    expect(kept).toEqual(expect.arrayContaining([asset.path, asset.thumbnail.path]))
    expect(await media.traces(companyId)).toEqual({
      ...NO_TRACES,
      assets: 2,
      used: asset.sizeBytes + asset.thumbnail.sizeBytes,
    })
    const audit = await media.seed.sql`
      select actor, action, entity_type, changes ->> 'fileName' as name from log.audit_entries where company_id = ${companyId}`
    expect([...audit]).toEqual([
      {
        actor: expect.stringMatching(/^user:\d+$/),
        action: 'asset.upload',
        entity_type: 'Asset',
        name: 'Beach.jpg',
      },
    ])
  })

  test('loses what a camera wrote into it, and is turned upright', async () => {
    const { caller, company } = await media.member()
    const sideways = await sharp(photo)
      .withExif({ IFD0: { Orientation: '6', Copyright: 'Ann at 52.52 N, 13.40 E' } })
      .withMetadata({ orientation: 6 })
      .toBuffer()
    const answer = await media.upload(caller, { companyId: company, kind: 'IMAGE' }, sideways)
    const asset = assetOf(answer)
    expect([asset.width, asset.height]).toEqual([480, 640])
    const stored = await sharp(`${media.localRoot}/${asset.path}`).metadata()
    expect(stored.exif).toBeUndefined()
  })

  test('of a project lies in the project’s folder; a folder that is named wins', async () => {
    const { caller, company, companyId } = await media.member()
    const projectId = toGlobalId(
      'Project',
      await media.seed.project(companyId, { folder_path: 'summer-2026' }),
    )
    const ofProject = await media.upload(caller, { companyId: company, kind: 'IMAGE', projectId }, photo)
    expect(assetOf(ofProject).path).toMatch(/-company-\d+\/summer-2026\/images\//)

    const [folder] = await media.seed.sql<[{ id: number }]>`
      insert into media.storage_folders (company_id, name, path, folder_type)
      values (${companyId}, 'Posters', ${`companies/${companyId}/posters`}, 'OTHER') returning id`
    const folderId = toGlobalId('StorageFolder', folder.id)
    const named = await media.upload(
      caller,
      { companyId: company, kind: 'IMAGE', projectId, folderId },
      photo,
    )
    expect(assetOf(named)).toMatchObject({
      path: expect.stringMatching(new RegExp(`^companies/${companyId}/posters/`)),
      folder: { id: folderId, name: 'Posters' },
    })
  })
})

test('an uploaded video stays as it came, and gets a poster', async () => {
  const { caller, company, companyId } = await media.member()
  const answer = await media.upload(caller, { companyId: company, kind: 'VIDEO' }, video, 'Clip.MP4')
  const asset = assetOf(answer)
  expect(asset).toMatchObject({
    kind: 'VIDEO',
    fileName: 'Clip.mp4',
    mimeType: 'video/mp4',
    sizeBytes: video.length,
    width: 320,
    height: 240,
    thumbnail: { kind: 'POSTER', mimeType: 'image/jpeg', width: 320, height: 240 },
  })
  expect(asset.durationSeconds).toBeCloseTo(1, 1)
  expect(asset.path).toMatch(/\/videos\//)
  const traces = await media.traces(companyId)
  expect(traces.used).toBe(video.length + asset.thumbnail.sizeBytes)
})

test('uploaded captions stay as they came, and have no picture', async () => {
  const { caller, company, companyId } = await media.member()
  const text = Buffer.from('\u{FEFF}WEBVTT\n\n00:01.000 --> 00:04.000\nGrüße\n')
  const answer = await media.upload(caller, { companyId: company, kind: 'CAPTIONS' }, text, 'Deutsch.TXT')
  const asset = assetOf(answer)
  expect(asset).toMatchObject({
    kind: 'CAPTIONS',
    status: 'READY',
    fileName: 'Deutsch.vtt',
    mimeType: 'text/vtt',
    sizeBytes: text.length,
    width: null,
    height: null,
    durationSeconds: null,
    checksumSha256: createHash('sha256').update(text).digest('hex'),
    thumbnail: null,
  })
  expect(asset.path).toMatch(/\/videos\/[0-9a-f-]{36}\.vtt$/)
  expect(await readFile(join(media.localRoot, asset.path))).toEqual(text)
  expect(await media.traces(companyId)).toEqual({ ...NO_TRACES, assets: 1, used: text.length })
})

describe('refused, with nothing left behind:', () => {
  const script = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
  const pictures = 'JPEG, PNG, WebP and AVIF pictures are accepted.'

  async function refused(kind: 'IMAGE' | 'VIDEO' | 'CAPTIONS', bytes: Buffer) {
    const { caller, company, companyId } = await media.member()
    const before = await media.files()
    const answer = await media.upload(caller, { companyId: company, kind }, bytes)
    expect(await media.traces(companyId)).toEqual(NO_TRACES)
    expect(await media.files()).toEqual(before)
    return answer
  }
  const invalidFile = (message: string) => refusal('INVALID', ['file'], message)

  test('an empty file', async () => {
    expect(await refused('IMAGE', Buffer.alloc(0))).toEqual(invalidFile('The file is empty.'))
  })

  test('an SVG that is named .jpg', async () => {
    const message = `This is not a picture that can be used. ${pictures}`
    expect(await refused('IMAGE', Buffer.from(script))).toEqual(invalidFile(message))
  })

  test('HTML that is named .jpg', async () => {
    const message = `This is not a picture that can be used. ${pictures}`
    const page = Buffer.from('<!doctype html><script>alert(1)</script>')
    expect(await refused('IMAGE', page)).toEqual(invalidFile(message))
  })

  test('a photo as iPhones keep it, with a word on what to do', async () => {
    const heic = Buffer.from('\0\0\0\u0018ftypheic\0\0\0\0mif1heic', 'latin1')
    const message = 'HEIC pictures can not be used. Share the picture as JPEG and send it again.'
    expect(await refused('IMAGE', heic)).toEqual(invalidFile(message))
  })

  test('a photo that is sent as a video', async () => {
    const message = 'This is a picture, not a video. MP4, MOV and WebM videos are accepted.'
    expect(await refused('VIDEO', photo)).toEqual(invalidFile(message))
  })

  test('a video that is sent as a photo', async () => {
    const message = `This is a video, not a picture. ${pictures}`
    expect(await refused('IMAGE', video)).toEqual(invalidFile(message))
  })

  test('a photo that is cut off', async () => {
    const answer = await refused('IMAGE', photo.subarray(0, photo.length / 2))
    expect(answer).toMatchObject(
      refusal('INVALID', ['file'], expect.stringMatching(/damaged|cut off|incomplete/)),
    )
  })

  test('a picture of 289 megapixels', async () => {
    const huge = blackPng(17_000, 17_000)
    expect(huge.length).toBeLessThan(100_000)
    const answer = await refused('IMAGE', huge)
    expect(answer).toMatchObject(refusal('INVALID', ['file'], expect.stringMatching(/pixels/)))
  })

  test('garbage that begins like a video', async () => {
    const garbage = Buffer.concat([video.subarray(0, 64), Buffer.alloc(50_000, 7)])
    const answer = await refused('VIDEO', garbage)
    expect(answer).toMatchObject(refusal('INVALID', ['file'], expect.any(String)))
  })

  const webVtt = 'WebVTT files in UTF-8 are accepted; their first line begins with WEBVTT.'

  test('captions of another kind', async () => {
    const message = `This is not a captions file that can be used. ${webVtt}`
    const subRip = Buffer.from('1\n00:00:01,000 --> 00:00:04,000\nHi.\n')
    expect(await refused('CAPTIONS', subRip)).toEqual(invalidFile(message))
  })

  test('a photo that is sent as captions, and captions that are sent as a video', async () => {
    const message = `This is a picture, not a captions file. ${webVtt}`
    expect(await refused('CAPTIONS', photo)).toEqual(invalidFile(message))
    const text = Buffer.from('WEBVTT\n\n00:01.000 --> 00:04.000\nHi.\n')
    const other = 'This is a captions file, not a video. MP4, MOV and WebM videos are accepted.'
    expect(await refused('VIDEO', text)).toEqual(invalidFile(other))
  })

  test('captions with a bad cue, by its line', async () => {
    const message =
      'These captions can not be used. Line 4: the cue has to end after it starts, and goes from "00:04.000" to "00:01.000".'
    const text = Buffer.from('WEBVTT\n\n1\n00:04.000 --> 00:01.000\nHi.\n')
    expect(await refused('CAPTIONS', text)).toEqual(invalidFile(message))
  })

  test('captions over the limit', async () => {
    const cue = '00:01.000 --> 00:04.000\nHi.\n\n'
    const large = Buffer.from(`WEBVTT\n\n${cue.repeat(40_000)}`)
    expect(large.length).toBeGreaterThan(2 ** 20)
    const message = 'A captions file may be at most 1 MB large.'
    expect(await refused('CAPTIONS', large)).toEqual(invalidFile(message))
  })

  test('a picture over the limit', async () => {
    const large = Buffer.concat([photo, Buffer.alloc(1_500_001 - photo.length)])
    expect(await refused('IMAGE', large)).toEqual(invalidFile('A picture may be at most 1.4 MB large.'))
  })

  test('a video over what any file may be', async () => {
    const large = Buffer.concat([video, Buffer.alloc(3_000_002 - video.length)])
    expect(await refused('VIDEO', large)).toMatchObject(refusal('INVALID', ['file'], expect.any(String)))
  })
})

describe('the name of an uploaded file', () => {
  test.each([
    ['../../../etc/cron.d/x.jpg', 'x.jpg'],
    ['invoice\u202Egpj.exe', 'invoicegpj.jpg'],
    [`${'long'.repeat(75)}.jpg`, `${'long'.repeat(25)}.jpg`],
  ])('%j is shown as %j and never becomes a path', async (given, shown) => {
    const { caller, company } = await media.member()
    const answer = await media.upload(caller, { companyId: company, kind: 'IMAGE' }, photo, given)
    const asset = assetOf(answer)
    expect(asset.fileName).toBe(shown)
    expect(asset.path).toMatch(/^companies\/\d+-company-\d+\/images\/[0-9a-f-]{36}\.jpg$/)
  })
})

test('a request that is malformed within a part is refused, and the process lives', async () => {
  const { caller, company, companyId } = await media.member()
  const answer = await media.upload(caller, { companyId: company, kind: 'IMAGE' }, photo, 'nul\u0000byte.jpg')
  const message = expect.stringMatching(/^A file that "map" announces did not come\./)
  expect(answer).toEqual(refusal('INVALID', ['file'], message))
  expect(await media.traces(companyId)).toEqual(NO_TRACES)
})

describe('who may upload', () => {
  test('nobody without signing in', async () => {
    const { company } = await media.member()
    const answer = await media.upload(NOBODY, { companyId: company, kind: 'IMAGE' }, photo)
    expect(answer.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }])
  })

  test('not a VIEWER', async () => {
    const { caller, company } = await media.member('VIEWER')
    const message = 'This takes the role EDITOR in the company; yours is VIEWER.'
    const answer = await media.upload(caller, { companyId: company, kind: 'IMAGE' }, photo)
    expect(answer).toEqual(refusal('FORBIDDEN', null, message))
  })

  test('nobody into a company of others, one that does not exist, or what is no company: all look alike', async () => {
    const { caller, userId } = await media.member()
    const others = await media.member()
    for (const companyId of [
      others.company,
      toGlobalId('Company', 99_999),
      toGlobalId('User', userId),
      'nonsense',
    ]) {
      const answer = await media.upload(caller, { companyId, kind: 'IMAGE' }, photo)
      expect(answer).toEqual(refusal('NOT_FOUND', ['companyId'], 'There is no such company.'))
    }
  })

  test('nobody into a project or a folder of another company', async () => {
    const { caller, company } = await media.member()
    const others = await media.member()
    const project = toGlobalId('Project', await media.seed.project(others.companyId))
    for (const projectId of [project, toGlobalId('Project', 99_999), 'nonsense']) {
      const answer = await media.upload(caller, { companyId: company, kind: 'IMAGE', projectId }, photo)
      expect(answer).toEqual(refusal('NOT_FOUND', ['projectId'], 'There is no such project.'))
    }
    const folderId = toGlobalId('StorageFolder', 1)
    const answer = await media.upload(caller, { companyId: company, kind: 'IMAGE', folderId }, photo)
    expect(answer).toEqual(refusal('NOT_FOUND', ['folderId'], 'There is no such folder.'))
  })

  test('not who lost the role a moment ago', async () => {
    const { caller, company, companyId, userId } = await media.member()
    await media.seed
      .sql`delete from tenancy.memberships where company_id = ${companyId} and user_id = ${userId}`
    const answer = await media.upload(caller, { companyId: company, kind: 'IMAGE' }, photo)
    expect(answer).toEqual(refusal('NOT_FOUND', ['companyId'], 'There is no such company.'))
  })

  test('a platform administrator, everywhere', async () => {
    const { company } = await media.member()
    const admin = await media.seed.user({ is_platform_admin: true })
    const answer = await media.upload(
      callerOf(admin.id, [], true),
      { companyId: company, kind: 'IMAGE' },
      photo,
    )
    expect(answer.data?.uploadAsset.userErrors).toEqual([])
  })
})

/** A sound PNG with one bit a pixel: small to send, large to decode. */
function blackPng(width: number, height: number): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.writeUInt8(1, 8)
  const rows = Buffer.alloc((1 + Math.ceil(width / 8)) * height)
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND')])
}

function chunk(type: string, data = Buffer.alloc(0)): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(data.length)
  const body = Buffer.concat([Buffer.from(type), data])
  const checksum = Buffer.alloc(4)
  checksum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, checksum])
}

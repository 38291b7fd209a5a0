import type { JobPayload } from '@arv/jobs'
import { fromGlobalId } from '@arv/relay'
import { flatImage, photoLike } from '@arv/testkit/photos'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { assetOf, type Media, type Member, NO_TRACES, startMedia } from './start-media.ts'

let media: Media
let member: Member

beforeAll(async () => {
  media = await startMedia()
  member = await media.member()
})
afterAll(() => media.close())

async function upload(photo: Buffer, { caller, company } = member) {
  const asset = assetOf(await media.upload(caller, { companyId: company, kind: 'IMAGE' }, photo))
  return { id: fromGlobalId('Asset', asset.id) ?? 0, path: asset.path, thumbnail: asset.thumbnail.path }
}

async function discard(payload: JobPayload<'assets.discard'>) {
  const handler = media.subgraph.jobs['assets.discard']
  if (!handler) throw new Error('There is no such job.')
  await handler(payload, {
    id: 'test',
    attempt: 1,
    isLastAttempt: false,
    signal: new AbortController().signal,
  })
}

describe('files that lost what they were for', () => {
  test('are removed with their thumbnails, and what they took of the quota is free', async () => {
    const owner = await media.member()
    const files = [await upload(await photoLike(1), owner), await upload(await photoLike(2), owner)]
    expect((await media.traces(owner.companyId)).assets).toBe(4)
    const assetIds = files.map(({ id }) => id)
    await discard({ companyId: owner.companyId, assetIds })
    expect(await media.traces(owner.companyId)).toEqual(NO_TRACES)
    expect((await media.files()).filter((path) => path.includes(`companies/${owner.companyId}-`))).toEqual([])
    await discard({ companyId: owner.companyId, assetIds })
  })

  test('stay when something else uses them, and the others go', async () => {
    const owner = await media.member()
    const { seed } = media
    const [used, unused] = [await upload(await photoLike(1), owner), await upload(await photoLike(2), owner)]
    await seed.content(owner.companyId, await seed.project(owner.companyId), used.id)
    await discard({ companyId: owner.companyId, assetIds: [used.id, unused.id] })
    const files = await media.files()
    expect(files).toContain(used.path)
    expect(files).toContain(used.thumbnail)
    expect(files).not.toContain(unused.path)
    expect(await media.traces(owner.companyId)).toMatchObject({ assets: 2, unsettled: 0 })
  })

  test('are never those of another company', async () => {
    const stranger = await media.member()
    const file = await upload(await photoLike(1))
    await discard({ companyId: stranger.companyId, assetIds: [file.id] })
    expect(await media.files()).toContain(file.path)
  })
})

describe('what a picture looks like', () => {
  const hashOf = async (id: number) => {
    const [row] = await media.seed.sql<{ hash: string | null }[]>`
      select perceptual_hash as hash from media.assets where id = ${id}`
    return row?.hash ?? null
  }

  test('is kept with it, and nearly the same for a copy', async () => {
    const photo = await photoLike(3)
    const copy = await sharp(photo).resize(500).modulate({ brightness: 1.1 }).webp({ quality: 60 }).toBuffer()
    const [original, copied, other] = [
      await upload(photo),
      await upload(copy),
      await upload(await photoLike(4)),
    ]
    expect(await hashOf(original.id)).toMatch(/^[01]{64}$/)
    const [row] = await media.seed.sql<{ copied: number; other: number }[]>`
      select bit_count(a.perceptual_hash # b.perceptual_hash)::int as copied,
        bit_count(a.perceptual_hash # c.perceptual_hash)::int as other
      from media.assets a, media.assets b, media.assets c
      where a.id = ${original.id} and b.id = ${copied.id} and c.id = ${other.id}`
    expect(row?.copied).toBeLessThanOrEqual(8)
    expect(row?.other).toBeGreaterThan(16)
  })

  test('is nothing to go by when it has one colour', async () => {
    expect(await hashOf((await upload(await flatImage())).id)).toBeNull()
  })
})

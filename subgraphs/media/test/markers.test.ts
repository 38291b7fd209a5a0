import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { companies } from '@arv/database'
import { type JobPayload, type JobRun, startJobs } from '@arv/jobs'
import { inspectMarker } from '@arv/marker-compiler'
import { fromGlobalId, toGlobalId } from '@arv/relay'
import { photoLike } from '@arv/testkit/photos'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { assetOf, type Media, type Member, startMedia } from './start-media.ts'

let media: Media
let member: Member

beforeAll(async () => {
  media = await startMedia()
  member = await media.member()
})
afterAll(() => media.close())
beforeEach(() => media.seed.sql`delete from jobs.job where name = 'marker.report'`)

async function uploaded(photo: Buffer) {
  const answer = await media.upload(member.caller, { companyId: member.company, kind: 'IMAGE' }, photo)
  const asset = assetOf(answer)
  return { id: fromGlobalId('Asset', asset.id) ?? 0, path: asset.path }
}

const payloadOf = (imageId: number, subjectId: number) => ({
  companyId: member.companyId,
  subject: { type: 'content' as const, id: subjectId },
  imageId,
  generation: 1,
})

const runOf = (attempt = 1): JobRun => ({
  id: '0b9a63b6-5f6e-4c0b-9d0e-6d2f4ab1c8a7',
  attempt,
  isLastAttempt: attempt === 4,
  signal: new AbortController().signal,
})

function compile(payload: JobPayload<'marker.compile'>, run = runOf()) {
  const handler = media.subgraph.jobs['marker.compile']
  if (!handler) throw new Error('There is no such job.')
  return handler(payload, run)
}

/** What was reported, in order: attempt and outcome. */
async function reports() {
  const rows = await media.seed.sql<{ attempt: number; outcome: { status: string; fileId?: number } }[]>`
    select (data -> 'attempt')::int as attempt, data -> 'outcome' as outcome
    from jobs.job where name = 'marker.report' order by created_on, id`
  return [...rows]
}

const markersOf = (subjectId: number) => media.seed.sql<{ id: number; path: string; size: number }[]>`
  select id, path, size_bytes::int as size from media.assets
  where kind = 'MARKER' and metadata ->> 'subjectId' = ${String(subjectId)}`

test(
  'a marker that a change asked for is compiled by a worker, stored, and reported',
  { timeout: 120_000 },
  async () => {
    const image = await uploaded(await photoLike(7))
    const before = await media.traces(member.companyId)
    const worker = await startJobs({
      url: media.databaseUrl,
      subgraph: 'media',
      mode: 'work',
      onError: () => {},
    })
    await worker.work({ 'marker.compile': (payload, run) => compile(payload, run) })
    await media.database.write(companies([member.companyId], { kind: 'nobody' }), (tx) =>
      media.jobs.send(tx, 'marker.compile', payloadOf(image.id, 100)),
    )
    await vi.waitFor(async () => expect((await reports()).at(-1)?.outcome.status).toBe('COMPLETED'), 110_000)
    await worker.close()

    const [marker] = await markersOf(100)
    expect(await reports()).toEqual([
      { attempt: 1, outcome: { status: 'PROCESSING' } },
      {
        attempt: 1,
        outcome: {
          status: 'COMPLETED',
          fileId: marker?.id,
          rating: 5,
          featureCount: expect.any(Number),
        },
      },
    ])
    expect(marker?.path).toMatch(/^companies\/\d+-company-\d+\/markers\/[0-9a-f-]{36}\.mind$/)
    const bytes = await readFile(join(media.localRoot, marker?.path ?? ''))
    expect(inspectMarker(bytes).kind).toBe('valid')
    expect(await media.traces(member.companyId)).toEqual({
      ...before,
      assets: before.assets + 1,
      used: before.used + bytes.length,
    })
    const query = 'query ($id: ID!) { asset(id: $id) { kind fileName mimeType sizeBytes width height url } }'
    const answer = await media.run<{ asset: object }>(member.caller, query, {
      id: toGlobalId('Asset', marker?.id ?? 0),
    })
    expect(answer.data?.asset).toMatchObject({
      kind: 'MARKER',
      fileName: 'photo.mind',
      width: 640,
      height: 480,
    })
  },
)

test(
  'a job that is delivered twice at once, and again later, stores one marker',
  { timeout: 180_000 },
  async () => {
    const image = await uploaded(await photoLike(8))
    const payload = payloadOf(image.id, 200)
    await Promise.all([compile(payload), compile(payload, runOf(2))])
    await compile(payload, runOf(3))

    const markers = await markersOf(200)
    expect(markers).toHaveLength(1)
    const completed = (await reports()).filter(({ outcome }) => outcome.status === 'COMPLETED')
    expect(completed.map(({ outcome }) => outcome.fileId)).toEqual(
      Array.from({ length: 3 }, () => markers[0]?.id),
    )
    expect(new Set(completed.map(({ attempt }) => attempt))).toEqual(new Set([1, 2, 3]))
    const kept = (await media.files()).filter((path) => path.endsWith('.mind'))
    const rows = await media.seed.sql`select path from media.assets where kind = 'MARKER' order by path`
    expect(kept).toEqual(rows.map(({ path }) => path))
    expect(await media.traces(member.companyId)).toMatchObject({ unsettled: 0, reservations: 0, reserved: 0 })
  },
)

test('a picture that can’t be a marker fails with the reason, and is not tried again', async () => {
  const image = await uploaded(await photoLike(3, { width: 1600, height: 200 }))
  await compile(payloadOf(image.id, 300))
  expect(await reports()).toEqual([
    { attempt: 1, outcome: { status: 'PROCESSING' } },
    {
      attempt: 1,
      outcome: { status: 'FAILED', code: 'EXTREME_ASPECT_RATIO', rating: null, featureCount: null },
    },
  ])
})

describe('when the picture can’t be read', () => {
  test('the job fails to run again, and reports FAILED only when it will not', async () => {
    const image = await uploaded(await photoLike(9, { width: 320, height: 240 }))
    await rm(join(media.localRoot, image.path))
    const payload = payloadOf(image.id, 400)
    await expect(compile(payload)).rejects.toThrow('The file is not in the storage.')
    expect(await reports()).toEqual([{ attempt: 1, outcome: { status: 'PROCESSING' } }])

    await compile(payload, runOf(4))
    expect((await reports()).at(-1)).toEqual({
      attempt: 4,
      outcome: { status: 'FAILED', code: 'INTERNAL', rating: null, featureCount: null },
    })
  })

  test('because it is another company’s, the marker fails at once', async () => {
    const others = await media.member()
    const theirs = await media.seed.asset(others.companyId)
    await compile(payloadOf(theirs.id, 500))
    expect(await reports()).toEqual([
      { attempt: 1, outcome: { status: 'FAILED', code: 'INTERNAL', rating: null, featureCount: null } },
    ])
  })
})

test('a run that lost its lease stops, and reports nothing more', async () => {
  const image = await uploaded(await photoLike(10))
  const lease = new AbortController()
  const running = compile(payloadOf(image.id, 600), { ...runOf(4), signal: lease.signal })
  await vi.waitFor(async () => expect(await reports()).toHaveLength(1), 5_000)
  lease.abort(new Error('the lease is lost'))
  await expect(running).rejects.toThrow('the lease is lost')
  expect(await reports()).toEqual([{ attempt: 4, outcome: { status: 'PROCESSING' } }])
  expect(await markersOf(600)).toHaveLength(0)
})

test('a run that a stopping process breaks off costs none of its runs: the job is given back', async () => {
  const image = await uploaded(await photoLike(11))
  const payload = payloadOf(image.id, 700)
  const running = compile({ ...payload, earlierRuns: 1 }, runOf(4))
  await vi.waitFor(async () => expect(await reports()).toHaveLength(1), 5_000)
  await media.subgraph.close()
  await running
  expect(await reports()).toEqual([{ attempt: 5, outcome: { status: 'PROCESSING' } }])
  expect(await markersOf(700)).toHaveLength(0)

  const [job] = await media.seed.sql<{ data: JobPayload<'marker.compile'>; waits: boolean }[]>`
    select data, start_after > now() as waits from jobs.job
    where name = 'marker.compile' and data -> 'subject' ->> 'id' = '700'`
  expect(job).toEqual({ data: { ...payload, earlierRuns: 5 }, waits: true })

  const abandoned = media.subgraph.jobs['marker.abandoned']
  await abandoned?.({ ...payload, earlierRuns: 5 }, runOf())
  expect((await reports()).at(-1)).toMatchObject({ attempt: 9, outcome: { status: 'FAILED' } })
})

import { companies, createDatabase, type Database } from '@arv/database'
import { createTestDatabase, type TestDatabase } from '@arv/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type JobPayload, type Jobs, openJobDesk, startJobs } from '../src/index.ts'

const COMPANY = companies([1], { kind: 'nobody' })
const onError = () => undefined
const observed: { queue: string; trace: string | undefined; failed: boolean }[] = []
const handled: JobPayload<'storage.register-company'>[] = []
const SENT_BY = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'

let testDatabase: TestDatabase
let media: Database
let jobs: Jobs

beforeAll(async () => {
  testDatabase = await createTestDatabase()
  const { urls } = testDatabase
  media = createDatabase({ subgraph: 'media', url: urls.media })
  jobs = await startJobs({
    url: urls.media,
    subgraph: 'media',
    mode: 'work',
    onError,
    observer: {
      trace: () => SENT_BY,
      run: async (queue, trace, handle) => {
        const run = { queue, trace, failed: false }
        observed.push(run)
        await handle().catch((error: unknown) => {
          run.failed = true
          throw error
        })
      },
    },
  })
  await jobs.work({
    'storage.register-company': async (payload) => {
      if (payload.companyId === 2) throw new Error('it never works for company 2')
      handled.push(payload)
    },
  })
})

afterAll(async () => {
  await jobs.close()
  await media.close()
  await testDatabase.drop()
})

const send = (companyId: number, startAfterSeconds = 0) =>
  media.write(COMPANY, async (tx) => {
    await jobs.send(tx, 'storage.register-company', { companyId }, { startAfterSeconds })
    await tx.sql`update jobs.job set retry_limit = 0 where data ->> 'companyId' = '2'`
  })

test('a run is told of with what its job carried, which its handler does not see', async () => {
  await send(1)
  await expect.poll(() => handled, { timeout: 10_000 }).toEqual([{ companyId: 1 }])
  expect(observed).toEqual([{ queue: 'storage.register-company', trace: SENT_BY, failed: false }])
})

test('jobs are counted by what has become of them, with the age of the oldest', async () => {
  await send(2)
  await expect.poll(() => observed.at(-1)?.failed, { timeout: 10_000 }).toBe(true)
  await send(3, 3600)
  await expect
    .poll(async () => (await jobs.count()).map(({ state, jobs: number }) => [state, number]), {
      timeout: 5_000,
    })
    .toEqual([
      ['waiting', 1],
      ['active', 0],
      ['failed', 1],
    ])
  const [waiting, active, failed] = await jobs.count()
  expect([waiting?.oldestSeconds, active?.oldestSeconds]).toEqual([0, 0])
  expect(failed?.oldestSeconds).toBeLessThan(30)
})

test('a desk shows what failed and why, and lets it run once more', async () => {
  const desk = await openJobDesk({ url: testDatabase.ownerUrl })
  try {
    const [failed] = await desk.list(10)
    expect(failed).toMatchObject({
      queue: 'storage.register-company',
      state: 'failed',
      runs: 1,
      reason: 'it never works for company 2',
    })
    expect((await desk.list(10)).map(({ state, runs }) => [state, runs])).toEqual([
      ['failed', 1],
      ['waiting', 0],
    ])
    const runsBefore = observed.length
    expect(await desk.retry(failed?.id ?? '')).toBe('retried')
    await expect.poll(() => observed.length, { timeout: 10_000 }).toBe(runsBefore + 1)
    expect(await desk.retry('ffffffff-5f6e-4c0b-9d0e-6d2f4ab1c8a7')).toBe('unknown')
  } finally {
    await desk.close()
  }
})

test('is ready while it can reach its queues and works on them', async () => {
  await expect(jobs.ready()).resolves.toBeUndefined()
})

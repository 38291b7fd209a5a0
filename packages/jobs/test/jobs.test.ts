import { companies, createDatabase, type Database } from '@arv/database'
import { createPool } from '@arv/database/pool'
import { createTestDatabase, type TestDatabase } from '@arv/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type JobPayload, type JobRun, type Jobs, startJobs } from '../src/index.ts'

const COMPANY = companies([1], { kind: 'nobody' })
const errors: unknown[] = []
const onError = (error: unknown) => errors.push(error)

let testDatabase: TestDatabase
let media: Database
let sender: Jobs
let worker: Jobs
const runs: { payload: JobPayload<'marker.report'>; run: JobRun }[] = []
let onRun: (payload: JobPayload<'marker.report'>, run: JobRun) => void = () => undefined

beforeAll(async () => {
  testDatabase = await createTestDatabase()
  const { urls } = testDatabase
  media = createDatabase({ subgraph: 'media', url: urls.media })
  sender = await startJobs({ url: urls.media, subgraph: 'media', mode: 'send', onError })
  worker = await startJobs({ url: urls.content, subgraph: 'content', mode: 'work', onError })
  await worker.work({
    'marker.report': async (payload, run) => {
      runs.push({ payload, run })
      onRun(payload, run)
    },
  })
})

afterAll(async () => {
  await worker.close()
  await sender.close()
  await media.close()
  await testDatabase.drop()
})

const report = (id: number): JobPayload<'marker.report'> => ({
  companyId: 1,
  subject: { type: 'content', id },
  generation: 1,
  attempt: 1,
  outcome: { status: 'PROCESSING' },
})

const runOf = (id: number, when: (run: JobRun) => boolean = () => true) =>
  new Promise<JobRun>((resolve) => {
    onRun = (payload, run) => {
      if (payload.subject.id === id && when(run)) resolve(run)
    }
  })

test('no connection is made without TLS where TLS is asked for', async () => {
  const { urls } = testDatabase // whose server has none
  const config = { url: urls.media, subgraph: 'media', ssl: 'require', mode: 'send', onError } as const
  await expect(startJobs(config)).rejects.toThrow('The server does not support SSL connections')
})

describe('a job', () => {
  test('that one subgraph enqueues runs in another, with its payload', async () => {
    const ran = runOf(1)
    await media.write(COMPANY, (tx) => sender.send(tx, 'marker.report', report(1)))
    expect(await ran).toMatchObject({ attempt: 1, isLastAttempt: false })
    expect(runs.find(({ payload }) => payload.subject.id === 1)?.payload).toEqual(report(1))
  })

  test('never exists when its transaction is rolled back', async () => {
    await media
      .write(COMPANY, async (tx) => {
        await sender.send(tx, 'marker.report', report(2))
        throw new Error('rolled back')
      })
      .catch(() => undefined)
    const ran = runOf(3)
    await media.write(COMPANY, (tx) => sender.send(tx, 'marker.report', report(3)))
    await ran
    expect(runs.some(({ payload }) => payload.subject.id === 2)).toBe(false)
  })

  test('that fails runs again and knows that it does', async () => {
    const again = new Promise<JobRun>((resolve) => {
      onRun = (payload, run) => {
        if (payload.subject.id !== 4) return
        if (run.attempt === 1) throw new Error('the first run fails')
        resolve(run)
      }
    })
    await media.write(COMPANY, (tx) => sender.send(tx, 'marker.report', report(4)))
    expect((await again).attempt).toBe(2)
  })

  test('of the wrong shape is refused where it is made', async () => {
    const wrong = { ...report(5), title: 'texts do not belong here' }
    await expect(media.write(COMPANY, (tx) => sender.send(tx, 'marker.report', wrong))).rejects.toThrow(
      'title',
    )
  })

  test('that is to wait waits', async () => {
    const owner = createPool(testDatabase.ownerUrl, { max: 1 })
    await media.write(COMPANY, (tx) =>
      sender.send(tx, 'storage.register-company', { companyId: 1 }, { startAfterSeconds: 3600 }),
    )
    const [row] = await owner<{ minutes: number }[]>`
      select round(extract(epoch from start_after - now()) / 60)::int as minutes from jobs.job
      where name = 'storage.register-company'`
    expect(row?.minutes).toBe(60)
    await owner.end()
  })

  test('whose last run nobody answers for is handed to the queue of the abandoned', async () => {
    const compile = { companyId: 1, subject: { type: 'content' as const, id: 6 }, imageId: 1, generation: 1 }
    const abandoned = new Promise<JobPayload<'marker.abandoned'>>((resolve) => {
      void worker.work({
        'marker.compile': () => Promise.reject(new Error('the last run fails')),
        'marker.abandoned': async (payload) => resolve(payload),
      })
    })
    await media.write(COMPANY, async (tx) => {
      await sender.send(tx, 'marker.compile', compile)
      await tx.sql`update jobs.job set retry_limit = 0 where name = 'marker.compile'`
    })
    expect(await abandoned).toEqual(compile)
  })
})

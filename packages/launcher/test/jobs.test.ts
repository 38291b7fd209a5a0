import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestDatabase, programEnvironment, type TestDatabase } from '@arv/testkit'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'

const JOBS = join(import.meta.dirname, '../src/jobs.ts')
const FAILED = '0b9a63b6-5f6e-4c0b-9d0e-6d2f4ab1c8a7'
let database: TestDatabase
let sql: postgres.Sql
let folder: string

beforeAll(async () => {
  database = await createTestDatabase()
  sql = postgres(database.ownerUrl, { max: 1 })
  folder = await mkdtemp(join(tmpdir(), 'arv-jobs-'))
  const output = {
    message: "ENOENT: no such file, open '/srv/arv/files/companies/7-acme/x.jpg'",
    stack: 'at …',
  }
  await sql`insert into jobs.job (id, name, data, state, retry_limit, retry_count, started_on, completed_on, output)
    values (${FAILED}, 'marker.compile', '{"companyId":7}', 'failed', 3, 3,
      now() - interval '3 hours', now() - interval '2 hours', ${sql.json(output)})`
})
afterAll(async () => {
  await sql.end()
  await database.drop()
  await rm(folder, { recursive: true })
})

/** The program as somebody types it. */
function jobs(words: string[], variables: Record<string, string> = { DATABASE_URL: database.ownerUrl }) {
  return new Promise<{ code: number; said: string }>((resolve) => {
    const child = execFile(
      process.execPath,
      [JOBS, ...words],
      { cwd: folder, env: { ...programEnvironment(), ARV_DATA_DIR: 'data', ...variables } },
      (_error, stdout, stderr) => resolve({ code: child.exitCode ?? -1, said: stdout + stderr }),
    )
  })
}

test('jobs shows the queues, and what failed with its reason, in which no path is', async () => {
  const { code, said } = await jobs([])
  expect(code).toBe(0)
  expect(said).toMatch(/^Queue +waiting +active +failed +oldest\n/)
  expect(said).toMatch(/^marker\.compile +0 +0 +1 +2 h$/m)
  expect(said).toMatch(/^storage\.sweep +0 +0 +0 +-$/m)
  expect(said).toContain(
    `\nJobs\n  ${FAILED}  marker.compile  failed for 2 h, 4 runs: ENOENT: no such file, open '<path>'\n`,
  )
})

test('retry lets a failed job run once more, and no other', async () => {
  expect(await jobs(['retry', FAILED])).toEqual({ code: 0, said: `Job ${FAILED} will run again.\n` })
  const [job] = await sql`select state, retry_limit from jobs.job where id = ${FAILED}`
  expect(job).toEqual({ state: 'retry', retry_limit: 4 })
  expect(await jobs(['retry', FAILED])).toEqual({
    code: 1,
    said: `Job ${FAILED} has not failed: it waits, runs, or is done.\n`,
  })
})

test('run lets a recurring job run now, and no other', async () => {
  const waiting = () => sql`select name, data, state from jobs.job where name = 'storage.sweep'`
  expect(await jobs(['run', 'storage.sweep'])).toEqual({
    code: 0,
    said: 'A job of storage.sweep runs as soon as ARV does.\n',
  })
  expect([...(await waiting())]).toEqual([{ name: 'storage.sweep', data: {}, state: 'created' }])
  expect(await jobs(['run', 'marker.compile'])).toEqual({
    code: 1,
    said: 'No recurring job is called marker.compile. "jobs" shows the queues that there are.\n',
  })
})

test('what it does not know is refused in a sentence', async () => {
  expect(await jobs(['retry', "'; drop schema jobs"])).toEqual({
    code: 1,
    said: 'There is no job of this id. "jobs" shows those that there are.\n',
  })
  expect(await jobs(['cancel', FAILED])).toEqual({
    code: 1,
    said: 'Say "jobs", "jobs retry <id>" or "jobs run <queue>"; "jobs --help" says more.\n',
  })
})

test('a folder in which ARV has never run is said, and stays as it is', async () => {
  expect(await jobs([], {})).toEqual({
    code: 1,
    said: 'ARV has never run with the data folder data: start it, or set ARV_DATA_DIR or DATABASE_URL.\n',
  })
})

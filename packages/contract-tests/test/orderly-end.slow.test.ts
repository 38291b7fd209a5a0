import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { createTestDatabase, type TestDatabase } from '@arv/testkit'
import { photoLike } from '@arv/testkit/photos'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type ArvProcess, databaseVariables, signInTo, startArvProcess, untilGone } from './arv-process.ts'
import { type Client, textAt } from './client.ts'

const END_MS = 10_000
const CALLERS = 8
const PATIENCE = { timeout: 120_000, interval: 50 }

describe.for(['start', 'dev'] as const)('%s that is told to end', (program) => {
  let database: TestDatabase
  let owner: postgres.Sql
  let folder: string
  let arv: ArvProcess
  let admin: Client
  let companyId: string

  beforeAll(async () => {
    database = await createTestDatabase()
    owner = postgres(database.ownerUrl, { max: 1 })
    folder = await mkdtemp(join(tmpdir(), 'arv-orderly-'))
    arv = await startArvProcess({ folder, program, variables: databaseVariables(database) })
    admin = (await signInTo(arv.url)).client
    const input = { name: 'Orderly', projectsLimit: 1000 }
    companyId = textAt(await admin.send('CreateCompany', { input }), 'createCompany', 'company', 'id')
  }, 300_000)

  afterAll(async () => {
    await admin?.close()
    await arv?.stop()
    await owner?.end()
    await database?.drop()
    await rm(folder, { recursive: true, force: true })
  })

  const createProject = async (name: string) => {
    const { createProject: created } = await admin.send('CreateProject', { input: { companyId, name } })
    expect(created).toMatchObject({ project: { name }, userErrors: [] })
  }
  const isReady = async () => expect(await fetch(`${arv.url}/readyz`)).toMatchObject({ status: 200 })

  /** Requests that the server is at work on. @returns how each of them ends */
  async function bringIntoFlight(
    round: string,
  ): Promise<{ readonly ended: Promise<PromiseSettledResult<unknown>[]> }> {
    // So that each has a connection that is open.
    await vi.waitFor(
      () => Promise.all(Array.from({ length: CALLERS }, () => admin.send('Companies'))),
      PATIENCE,
    )
    const file = { name: 'photo.jpg', bytes: await photoLike(1) }
    const upload = admin.upload('UploadAsset', { companyId, kind: 'IMAGE' }, file)
    const changes = Array.from({ length: CALLERS }, (_, caller) => createProject(`${round} ${caller}`))
    const all = Promise.allSettled([upload, ...changes])
    // Those that were sent with the first one have arrived when that is answered, and the upload when it has a folder.
    await Promise.any(changes)
    await vi.waitFor(async () => {
      expect(await readdir(join(folder, 'data/files/.incoming'))).toHaveLength(1)
    }, PATIENCE)
    return { ended: all }
  }

  test.runIf(program === 'dev')(
    'all at once by their own signals leaves no request unanswered',
    async () => {
      const programs = await programsOf(arv)
      expect(programs.length).toBeGreaterThan(6)
      const { ended: inFlight } = await bringIntoFlight('all at once')
      const asked = performance.now()
      for (const pid of programs) process.kill(pid, 'SIGTERM')
      await untilGone(programs)
      expect(performance.now() - asked).toBeLessThan(END_MS)
      // What its subgraph could not do any more is said to be so.
      const refusals = await refusalsOf(inFlight)
      expect(refusals.filter((reason) => !reason.includes('"SERVICE_UNAVAILABLE"'))).toEqual([])
      await vi.waitFor(() => {
        expect(arv.said().match(/ended \(.*\)/g)).toEqual(programs.map(() => 'ended (exit code 0)'))
      }, PATIENCE)
      await vi.waitFor(isReady, PATIENCE)
    },
    300_000,
  )

  test('answers what is in flight, and ends within ten seconds', async () => {
    const tree = await arv.tree()
    const events = admin.subscribe('MarkerStatusChanged', { companyId })
    const told = events.next().then(
      () => 'ended',
      () => 'ended',
    )
    const { ended: inFlight } = await bringIntoFlight('as a whole')
    const { code, ms } = await arv.terminate()
    expect({ code, inTime: ms < END_MS }).toEqual({ code: 0, inTime: true })
    expect(await refusalsOf(inFlight)).toEqual([])
    expect(await told).toBe('ended')
    await untilGone(tree)
    const kept = await owner`select from tenancy.projects where name like 'as a whole %'`
    expect(kept).toHaveLength(CALLERS)
    expect(
      await owner`select from media.assets where kind = 'IMAGE' and file_name = 'photo.jpg'`,
    ).not.toHaveLength(0)
  }, 300_000)
})

/** Why some of it was not done. */
async function refusalsOf(inFlight: Promise<PromiseSettledResult<unknown>[]>): Promise<string[]> {
  return (await inFlight).flatMap((outcome) =>
    outcome.status === 'rejected' ? [inspect(outcome.reason)] : [],
  )
}

/** The process ids of those of its children that are programs of ARV. */
async function programsOf(arv: ArvProcess): Promise<number[]> {
  const commands = await Promise.all(
    (await arv.tree()).map(async (pid) => ({
      pid,
      command: await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''),
    })),
  )
  return commands.flatMap(({ pid, command }) => (command.endsWith('/src/main.ts\0') ? [pid] : []))
}

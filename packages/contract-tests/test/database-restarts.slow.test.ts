import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type LocalPostgres, startLocalPostgres } from '@arv/local-postgres'
import { clip } from '@arv/testkit/clips'
import { photoLike } from '@arv/testkit/photos'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type ArvProcess, signInTo, startArvProcess } from './arv-process.ts'
import { type Client, connectClient, textAt } from './client.ts'

/** How PostgreSQL is ended: fast, immediately, and by kill -9. */
const ENDS = ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const
const DOWN_MS = 3_000
const CALLERS = 6
/** What an answer takes at most, also when it is that there is none. */
const REFUSAL_MS = 2_000
const BACK_MS = 10_000
const PATIENCE = { timeout: 60_000, interval: 250 }

let folder: string
let server: LocalPostgres
let arv: ArvProcess
let accessToken: string
let admin: Client
let companyId: string
let contentId: string
let videoIds: string[]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'arv-restarts-'))
  await chmod(folder, 0o755)
  server = await startServer()
  arv = await startArvProcess({ folder, variables: { DATABASE_URL: server.ownerUrl } })
  ;({ accessToken, client: admin } = await signInTo(arv.url))
  await makeContent()
}, 300_000)

afterAll(async () => {
  await admin?.close()
  await arv?.stop()
  await server?.stop()
  await rm(folder, { recursive: true })
})

/** Somebody else's PostgreSQL, as far as ARV knows; each start has the same port. */
const startServer = () => startLocalPostgres({ dataDir: join(folder, 'postgres') })

async function makeContent(): Promise<void> {
  const company = await admin.send('CreateCompany', { input: { name: 'Restarts' } })
  companyId = textAt(company, 'createCompany', 'company', 'id')
  const project = await admin.send('CreateProject', { input: { companyId, name: 'Restarts' } })
  const projectId = textAt(project, 'createProject', 'project', 'id')
  const upload = async (kind: 'IMAGE' | 'VIDEO', name: string, bytes: Buffer) => {
    const data = await admin.upload('UploadAsset', { companyId, projectId, kind }, { name, bytes })
    return textAt(data, 'uploadAsset', 'asset', 'id')
  }
  // Too narrow to be compiled, which would take the machine's time.
  const imageId = await upload('IMAGE', 'photo.jpg', await photoLike(1, { width: 800, height: 200 }))
  const created = await admin.send('CreateArContent', { input: { projectId, imageId, title: 'Poster' } })
  contentId = textAt(created, 'createArContent', 'content', 'id')
  const fileId = await upload('VIDEO', 'clip.mp4', await clip({ seconds: 1, width: 160, height: 120 }))
  videoIds = []
  for (let number = 0; number < 7; number += 1) {
    const added = await admin.send('AddVideo', { input: { contentId, fileId, title: `Video ${number}` } })
    videoIds.push(textAt(added, 'addVideo', 'video', 'id'))
  }
}

interface Call {
  readonly ms: number
  readonly at: number
  /** Undefined when it was answered with data. */
  readonly error: string | undefined
}

/** Callers who read, and one who puts another video on again and again, until they are told to stop. */
function callAgainAndAgain() {
  const calls: Call[] = []
  const acknowledged: string[] = []
  let isOver = false
  const call = async (act: () => Promise<unknown>) => {
    const began = performance.now()
    const error = await act().then(
      () => undefined,
      (reason: unknown) => String(reason),
    )
    const at = performance.now()
    calls.push({ ms: at - began, at, error })
    await delay(20)
  }
  const reader = async () => {
    while (!isOver) await call(() => admin.send('ArContent', { id: contentId }))
  }
  const writer = async () => {
    for (let turn = 0; !isOver; turn += 1) {
      const id = videoIds[turn % videoIds.length] ?? ''
      await call(async () => {
        const data = await admin.send('ActivateVideo', { input: { id } })
        acknowledged.push(textAt(data, 'activateVideo', 'video', 'id'))
      })
    }
  }
  const ended = Promise.all([writer(), ...Array.from({ length: CALLERS - 1 }, reader)])
  return {
    calls,
    acknowledged,
    stop: async () => {
      isOver = true
      await ended
    },
  }
}

/** Somebody who wants to know of every change, and resumes from the last that they saw when the stream ends. */
function follow() {
  const seen: string[] = []
  // An event that came while its fields could not be read counts as unseen.
  let cursor: string | undefined
  let client: Client | undefined
  let isOver = false
  const listen = async () => {
    while (!isOver) {
      client = connectClient(arv.url, accessToken)
      try {
        const events = client.subscribe('RotationChanged', {
          companyId,
          contentId,
          ...(cursor && { after: cursor }),
        })
        for await (const event of events) {
          cursor = textAt(event, 'cursor')
          seen.push(textAt(event, 'video', 'id'))
        }
      } catch {
        // The stream broke off: on to the next one.
      }
      await client.close()
      await delay(100)
    }
  }
  const ended = listen()
  return {
    seen,
    stop: async () => {
      isOver = true
      await client?.close()
      await ended
    },
  }
}

/** Which videos were put on, in the order in which the database has it. */
async function changesInDatabase(): Promise<string[]> {
  const owner = postgres(server.ownerUrl, { max: 1 })
  try {
    const rows = await owner<{ number: number }[]>`
      select (payload ->> 'videoId')::int - (select min(id) from content.videos) as number
      from log.events where type = 'content.active-video' order by tx, id`
    return rows.map(({ number }) => videoIds[number] ?? '')
  } finally {
    await owner.end()
  }
}

/** Of `all`, in its order, as much of `wanted` as is there. */
function withoutOthers(all: readonly string[], wanted: readonly string[]): string[] {
  const found: string[] = []
  for (const each of all) if (each === wanted[found.length]) found.push(each)
  return found
}

describe.for(ENDS)('PostgreSQL that ends by %s under load, and comes back', (signal) => {
  test('costs no more than the moment in which it is away', async () => {
    const before = (await changesInDatabase()).length
    const follower = follow()
    const load = callAgainAndAgain()
    try {
      await vi.waitFor(() => expect(follower.seen.length).toBeGreaterThan(5), PATIENCE)

      const awayAt = performance.now()
      process.kill(server.pid, signal)
      await server.ended
      await server.stop()
      await delay(DOWN_MS)
      server = await startServer()
      const backAt = performance.now()
      const toldBefore = load.acknowledged.length
      await vi.waitFor(() => expect(load.acknowledged.length).toBeGreaterThan(toldBefore + 5), PATIENCE)
      const firstAfter = load.calls.find(({ at, error }) => at > backAt && error === undefined)
      await load.stop()

      expect(arv.isRunning()).toBe(true)
      const during = load.calls.filter(({ at }) => at > awayAt && at < backAt)
      const refused = load.calls.filter(({ error }) => error !== undefined)
      expect(during.length).toBeGreaterThan(CALLERS)
      expect(refused.length).toBeGreaterThan(CALLERS)
      expect(refused.filter(({ error }) => !error?.includes('"SERVICE_UNAVAILABLE"'))).toEqual([])
      expect(Math.max(...refused.map(({ ms }) => ms))).toBeLessThan(REFUSAL_MS)
      expect((firstAfter?.at ?? Infinity) - backAt).toBeLessThan(BACK_MS)

      // Nothing is missed, nothing comes twice, and all in the database's order.
      const changes = (await changesInDatabase()).slice(before)
      await vi.waitFor(() => {
        // It began to listen when the first ones were over.
        const missed = Math.max(0, changes.length - follower.seen.length)
        expect(follower.seen).toEqual(changes.slice(missed))
      }, PATIENCE)
      // What was on already is no change: the first may have been, and whatever was put on twice.
      const told = load.acknowledged.filter((id, index) => index > 0 && id !== load.acknowledged[index - 1])
      expect(withoutOthers(changes, told)).toEqual(told)
    } finally {
      await load.stop()
      await follower.stop()
    }
  }, 300_000)
})

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { findLocalPostgres } from '@arv/local-postgres'
import { clip } from '@arv/testkit/clips'
import { photoLike } from '@arv/testkit/photos'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type ArvProcess, signInTo, startArvProcess, untilGone } from './arv-process.ts'
import { connectClient, textAt } from './client.ts'
import { ageLeftovers, findLeftovers, NOTHING_LEFT } from './leftovers.ts'
import {
  type Acknowledge,
  type Acknowledged,
  type JobFiles,
  makeContent,
  type PublishedContent,
  type Reached,
  visit,
} from './main-job.ts'
import { findRepetitions, NOTHING_TWICE } from './repetitions.ts'

/** The same seed kills at the same moments: `ARV_CRASH_SEED=7 pnpm test:slow crashes`. */
const SEED = Number(process.env['ARV_CRASH_SEED'] ?? Date.now() % 1_000_000)
const KILLS = Number(process.env['ARV_CRASH_KILLS'] ?? 50)
/** Every how manieth job has a picture that is compiled, which takes seconds that the machine has to have. */
const RECOGNISABLE = 10
const JOBS = join(import.meta.dirname, '../../launcher/src/jobs.ts')
/** A lease that nobody renews is noticed after 20 s, a killed compilation begins anew; the rest is a busy machine's. */
const SETTLE = { timeout: 900_000, interval: 1000 }

let folder: string
let files: JobFiles
let arv: ArvProcess | undefined
let accessToken: string | undefined
let published: PublishedContent
let longestMs: number
const acknowledged: Acknowledged[] = []

const data = () => join(folder, 'data')
const variables = () => ({
  ARV_ACCESS_TOKEN_TTL_SECONDS: '86400',
  // Whatever a child process leaves behind is found.
  TMPDIR: join(folder, 'tmp'),
})

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'arv-crashes-'))
  // Else PostgreSQL, which does not run as root, would have its files elsewhere, and they would stay.
  await chmod(folder, 0o755)
  await mkdir(join(folder, 'tmp'))
  files = {
    photo: await photoLike(3, { width: 320, height: 256 }),
    panorama: await photoLike(4, { width: 800, height: 200 }),
    clip: await clip({ seconds: 1, width: 160, height: 120, framesPerSecond: 15 }),
  }
})

afterAll(async () => {
  await arv?.stop()
  await rm(folder, { recursive: true, force: true })
})

/** Starts it on what the one before it left. A token of before is good after. */
async function start(): Promise<Reached> {
  arv = await startArvProcess({ folder, variables: variables() })
  accessToken ??= (await signInTo(arv.url)).accessToken
  return { url: arv.url, client: connectClient(arv.url, accessToken) }
}

async function onDatabase<T>(look: (owner: postgres.Sql) => Promise<T>): Promise<T> {
  const found = await findLocalPostgres(join(data(), 'postgres'))
  if (found.kind !== 'running') throw new Error('the server’s PostgreSQL does not run')
  const owner = postgres(found.ownerUrl, { max: 1, onnotice: () => undefined })
  try {
    return await look(owner)
  } finally {
    await owner.end({ timeout: 5 })
  }
}

test('the main job, undisturbed', async () => {
  const { client } = await start()
  const acknowledge: Acknowledge = (what, holds) => void acknowledged.push({ what, holds })
  const began = performance.now()
  const made = await makeContent(client, files, { name: 'Undisturbed', isRecognisable: true }, acknowledge)
  longestMs = performance.now() - began
  // From here on the videos of this one are put on and off by the other jobs.
  acknowledged.length = 0
  await vi.waitFor(async () => {
    const content = await client.send('ArContent', { id: made.contentId })
    expect(textAt(content, 'arContent', 'marker', 'status')).toBe('COMPLETED')
  }, SETTLE)
  const publish = await client.send('PublishArContent', { input: { id: made.contentId } })
  expect(publish).toMatchObject({ publishArContent: { userErrors: [] } })
  published = made
}, 600_000)

test(`killed at ${KILLS} moments (seed ${SEED}), it loses nothing that it acknowledged`, async () => {
  const random = seededRandom(SEED)
  const url = arv?.url ?? ''
  let reached: Reached = { url, client: connectClient(url, accessToken) }
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const moment = Math.round(random() * longestMs)
    const withDatabase = random() < 0.5
    const crash = `kill ${kill}, ${withDatabase ? 'with its PostgreSQL' : 'alone'}, after ${moment} ms`
    try {
      const said = await workUntilKilled(reached, { kill, moment, withDatabase })
      reached = await start()
      expect(await lost(said, reached), crash).toEqual([])
      acknowledged.push(...said)
    } catch (cause) {
      throw new Error(`seed ${SEED}: ${crash}`, { cause })
    }
  }
  expect(await lost(acknowledged, reached)).toEqual([])
}, 3_600_000)

test('every marker comes to its end, once, and nothing else happened twice', async () => {
  await onDatabase(async (owner) => {
    await vi.waitFor(async () => {
      const left = await owner`
        select id, marker_status from content.ar_contents where marker_status not in ('COMPLETED', 'FAILED')`
      expect([...left]).toEqual([])
    }, SETTLE)
    expect(await findRepetitions(owner)).toEqual(NOTHING_TWICE)
    // Four runs is all that a marker gets; whoever kills it four times may ask for it again.
    const odd = await owner`
      select id, marker_status, marker_attempts, marker_error_code from content.ar_contents
      where marker_error_code is distinct from 'EXTREME_ASPECT_RATIO' and marker_status <> 'COMPLETED'
        and not (marker_error_code = 'INTERNAL' and marker_attempts = 4)`
    expect([...odd]).toEqual([])
  })
}, 1_000_000)

test('a sweep leaves no orphan: no file, no row, no reservation, no process’s own', async () => {
  await onDatabase(async (owner) => {
    await vi.waitFor(
      async () => expect((await findLeftovers(owner, filesFolder())).unfinishedJobs).toEqual([]),
      SETTLE,
    )
    await ageLeftovers(owner, filesFolder())
    await runJobs('run', 'storage.sweep')
    await vi.waitFor(
      async () => {
        expect(await findLeftovers(owner, filesFolder())).toEqual(NOTHING_LEFT)
      },
      { timeout: 60_000, interval: 1000 },
    )
  })
  expect(await readdir(join(folder, 'tmp'))).toEqual([])
}, 1_000_000)

/** What of it does not hold, and how. */
async function lost(said: readonly Acknowledged[], reached: Reached): Promise<string[]> {
  const found: string[] = []
  for (const { what, holds } of said) {
    await holds(reached).catch((error: unknown) => found.push(`${what}: ${String(error)}`))
  }
  return found
}

const filesFolder = () => join(data(), 'files')

interface Crash {
  readonly kill: number
  readonly moment: number
  readonly withDatabase: boolean
}

/** Lets a client do the main job until the server is killed. @returns what it was told to be done by then */
async function workUntilKilled(reached: Reached, { kill, moment, withDatabase }: Crash) {
  const said: Acknowledged[] = []
  const acknowledge: Acknowledge = (what, holds) => void said.push({ what, holds })
  const work = async () => {
    await visit(reached.client, published, kill, acknowledge)
    const isRecognisable = kill % RECOGNISABLE === 0
    await makeContent(reached.client, files, { name: `Studio ${kill}`, isRecognisable }, acknowledge)
  }
  const ended = work().catch((error: unknown) => error)
  await delay(moment)
  if (arv === undefined) throw new Error('nothing runs')
  const tree = await arv.tree()
  await arv.kill(withDatabase ? tree : [])
  const error = await ended
  // Only that the connection broke may have kept the client from going on.
  if (error !== undefined && !(error instanceof TypeError)) throw error
  await reached.client.close()
  // Its children end by themselves, with its PostgreSQL, which the next start need not wait for.
  const outlived = untilGone(tree)
  outlived.catch(() => undefined)
  orphans.push(outlived)
  return said
}

/** Each rejects when children of a server that was killed go on. */
const orphans: Promise<void>[] = []

test('no child of a killed server went on', async () => {
  expect(await Promise.all(orphans)).toHaveLength(KILLS)
}, 120_000)

async function runJobs(...words: string[]): Promise<void> {
  const { PATH = '' } = process.env
  const child = spawn(process.execPath, [JOBS, ...words], {
    cwd: folder,
    env: { PATH, ARV_DATA_DIR: data() },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const [code]: unknown[] = await once(child, 'exit', { signal: AbortSignal.timeout(60_000) })
  expect(code).toBe(0)
}

/** Numbers from 0 to below 1, by the linear congruential generator of Numerical Recipes. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

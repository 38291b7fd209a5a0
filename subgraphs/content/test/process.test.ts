import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { createInternalTokenSigner, generateSigningKey, publicJwksOf, subgraphAudience } from '@arv/identity'
import {
  createSeed,
  createTestDatabase,
  programEnvironment,
  type Seed,
  type TestDatabase,
} from '@arv/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { anonymous, seedCompany } from './content-under-test.ts'

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))

let testDatabase: TestDatabase
let seed: Seed
const key = generateSigningKey()
const tokens = createInternalTokenSigner({ privateJwk: key })
const running = new Set<ChildProcess>()

beforeAll(async () => {
  testDatabase = await createTestDatabase()
  seed = createSeed(testDatabase.ownerUrl)
})

afterEach(async () => {
  for (const child of running) {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
})

afterAll(async () => {
  await seed.close()
  await testDatabase.drop()
})

function start(env: Record<string, string>) {
  const child = spawn(process.execPath, [MAIN], {
    env: { ...programEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  child.once('exit', () => running.delete(child))
  return child
}

const complete = () => ({
  PORT: '0',
  DATABASE_URL_CONTENT: testDatabase.urls.content,
  DATABASE_URL_VIEWER: testDatabase.urls.viewer,
  ARV_PUBLIC_URL: 'https://arv.example.com',
  ARV_INTERNAL_PUBLIC_KEYS: JSON.stringify(publicJwksOf(key)),
})

/** Where the process listens, once it does. */
async function addressOf(child: ChildProcess): Promise<string> {
  let log = ''
  for await (const chunk of child.stdout ?? []) {
    log += String(chunk)
    const [, address] = /"address":"([^"]+)"/.exec(log) ?? []
    if (address !== undefined) return address
  }
  throw new Error(`The process ended: ${log}`)
}

async function stop(child: ChildProcess): Promise<number | null> {
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  const [code]: (number | null)[] = await exited
  return code ?? null
}

async function ask(address: string, query: string) {
  const token = await tokens.sign(subgraphAudience('content'), anonymous)
  return fetch(`${address}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query }),
  })
}

describe('content as a process of its own', () => {
  test('serves its API to those who have an internal token, and stops when told', async () => {
    const child = start({ ...complete(), ARV_ROLE: 'api' })
    const address = await addressOf(child)
    expect(await (await fetch(`${address}/readyz`)).json()).toEqual({
      status: 'ready',
      parts: { content: 'ready', database: 'ready', migrations: 'ready' },
    })
    const answer = await ask(
      address,
      '{ viewerContent(uniqueId: "0b9a63b6-5f6e-4c0b-9d0e-6d2f4ab1c8a7") { title } }',
    )
    expect(await answer.json()).toEqual({ data: { viewerContent: null } })
    const refused = await fetch(`${address}/graphql`, { method: 'POST', body: '{}' })
    expect(refused.status).toBe(401)
    expect(await stop(child)).toBe(0)
  })

  test('as a worker does what is due, and serves nothing but its health', async () => {
    const acme = await seedCompany(seed)
    const { id } = await seed.content(acme.id, acme.projectId, acme.imageId, { next_change_at: new Date(0) })
    await seed.video(acme.id, id, acme.videoFileId)
    const child = start({ ...complete(), ARV_ROLE: 'worker' })
    const address = await addressOf(child)
    expect((await fetch(`${address}/healthz`)).status).toBe(200)
    expect((await ask(address, '{ __typename }')).status).toBe(404)
    const rule = async () => {
      const [row] = await seed.sql<{ rule: string }[]>`
        select active_video_rule as rule from content.ar_contents where id = ${id}`
      return row?.rule
    }
    await expect.poll(rule, { timeout: 5000 }).toBe('DEFAULT')
    expect(await stop(child)).toBe(0)
  })

  test('as two workers, turns a rotation once', async () => {
    const acme = await seedCompany(seed)
    const workers = [0, 1].map(() => start({ ...complete(), ARV_ROLE: 'worker' }))
    await Promise.all(workers.map(addressOf))
    const at = new Date(Math.ceil(Date.now() / 1000) * 1000 + 1000)
    const contents: number[] = []
    for (let made = 0; made < 20; made++) {
      const { id } = await seed.content(acme.id, acme.projectId, acme.imageId)
      const first = await seed.video(acme.id, id, acme.videoFileId)
      const second = await seed.video(acme.id, id, acme.videoFileId)
      await seed.sql`insert into content.rotation_schedules (company_id, content_id, rotation_type, time_of_day,
          time_zone, video_sequence, anchor_at, next_rotation_at)
        values (${acme.id}, ${id}, 'TIME_OF_DAY', ${at.toISOString().slice(11, 19)}, 'UTC',
          ${[first.id, second.id]}, ${new Date(at.getTime() - 60_000)}, ${at})`
      await seed.sql`update content.ar_contents set active_video_id = ${first.id}, active_video_rule = 'ROTATION',
        next_change_at = ${at} where id = ${id}`
      contents.push(id)
    }
    const turned = async () => {
      const [row] = await seed.sql<{ events: number; turns: number }[]>`
        select count(*)::int as events, sum(current_index)::int as turns
        from log.events join content.rotation_schedules on content_id = subject_id
        where subject_id = any (${contents}) and type = 'content.active-video'`
      return { ...row }
    }
    await expect.poll(turned, { timeout: 5000 }).toEqual({ events: 20, turns: 20 })
    expect(await Promise.all(workers.map(stop))).toEqual([0, 0])
  })

  test('says which variables are missing or wrong, all at once, and shows no value', async () => {
    const child = start({ ...complete(), ARV_PUBLIC_URL: 'secret', DATABASE_URL_VIEWER: '', PORT: 'secret' })
    const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
    expect(said).toBe(
      "content can't start: PORT: Invalid input: expected number, received NaN. DATABASE_URL_VIEWER is not set. ARV_PUBLIC_URL: an http or https address is expected.\n",
    )
    expect(code).toBe(1)
  })

  test('says that the database does not answer', async () => {
    const child = start({ ...complete(), DATABASE_URL_CONTENT: 'postgresql://nobody@127.0.0.1:1/arv' })
    const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
    expect(said).toBe("content can't start: the database did not answer\n")
    expect(code).toBe(1)
  })
})

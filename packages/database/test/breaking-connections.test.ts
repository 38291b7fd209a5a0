import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { createTestDatabase, type TestDatabase } from '@arv/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { companies, createDatabase, type Database } from '../src/index.ts'

const tenant = companies([1], { kind: 'job', name: 'test' })
const CALLERS = 10
const BREAKING_MS = 2_500
/** What an answer takes at most, also when it is that there is none. */
const REFUSAL_MS = 2_000

/** How a connection ends: with all that was sent read, or not. */
const ENDS = {
  'are reset': (socket: Socket) => socket.resetAndDestroy(),
  'end in good order': (socket: Socket) => socket.end(),
}

/** What PostgreSQL answers, then. */
const STARTING_UP = errorResponse({ S: 'FATAL', C: '57P03', M: 'the database system is starting up' })

let database: TestDatabase
let line: Line
let tenancy: Database

beforeAll(async () => {
  database = await createTestDatabase()
  line = await startLine(Number(new URL(database.ownerUrl).port))
  const through = (url: string) => Object.assign(new URL(url), { port: line.port }).href
  tenancy = createDatabase({
    subgraph: 'tenancy',
    url: through(database.urls.tenancy),
    viewerUrl: through(database.urls.viewer),
    pool: { max: 4 },
  })
})
afterAll(async () => {
  await tenancy.close()
  await line.close()
  await database.drop()
})

interface Line {
  readonly port: string
  /** The connections that are open now. */
  readonly open: ReadonlySet<Socket>
  /** Lets nobody in, as PostgreSQL does while it starts; until it is told `false`. */
  readonly refuse: (refuses: boolean) => void
  close(): Promise<void>
}

/** What is between the database and those who ask it. */
async function startLine(port: number): Promise<Line> {
  const open = new Set<Socket>()
  let refuses = false
  const server: Server = createServer((near) => {
    if (refuses) return void near.once('data', () => near.end(STARTING_UP)).on('error', () => {})
    const far = connect(port, '127.0.0.1')
    open.add(near)
    near.on('close', () => open.delete(near) && far.destroy()).on('error', () => {})
    far.on('close', () => near.destroy()).on('error', () => {})
    near.pipe(far).pipe(near)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? String(address.port) : '',
    open,
    refuse: (from) => (refuses = from),
    close: async () => {
      for (const socket of open) socket.destroy()
      server.close()
    },
  }
}

function errorResponse(fields: Record<string, string>): Buffer {
  const body = Object.entries(fields).map(([name, value]) => `${name}${value}\0`)
  const text = Buffer.from(`${body.join('')}\0`)
  const length = Buffer.alloc(4)
  length.writeInt32BE(text.length + length.length)
  return Buffer.concat([Buffer.from('E'), length, text])
}

interface Call {
  readonly ms: number
  /** Whether the answer was to this question. */
  readonly isRight: boolean
  readonly code: unknown
}

/** Asks again and again, and notes what came of it. */
function askAgainAndAgain() {
  const calls: Call[] = []
  let isOver = false
  let asked = 0
  const ask = async (answerTo: (question: number) => Promise<unknown>) => {
    while (!isOver) {
      const question = (asked += 1)
      const began = performance.now()
      const [answer] = await Promise.allSettled([answerTo(question)])
      const ms = performance.now() - began
      if (answer.status === 'fulfilled')
        calls.push({ ms, isRight: answer.value === question, code: undefined })
      else calls.push({ ms, isRight: true, code: codeOf(answer.reason) })
      await delay(Math.random() * 4)
    }
  }
  const member = (question: number) =>
    tenancy.read(tenant, async ({ sql }) => {
      const [, [row]] = await Promise.all([
        sql`select 'another'`,
        sql<{ answer: number }[]>`select ${question}::int as answer`,
      ])
      return row?.answer
    })
  const visitor = (question: number) =>
    tenancy.viewer(async (sql) => {
      const [row] = await sql<{ answer: number }[]>`select ${question}::int as answer`
      return row?.answer
    })
  const ended = Promise.all(
    Array.from({ length: CALLERS }, (_, index) => ask(index % 2 === 0 ? member : visitor)),
  )
  return {
    calls,
    stop: async () => {
      isOver = true
      await ended
    },
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : error
}

describe.for(Object.entries(ENDS))('connections that %s while they are used, or about to be', ([, end]) => {
  test('cost their callers a refusal at once; nobody waits for an answer that was lost, or gets another’s', async () => {
    const load = askAgainAndAgain()
    const over = Date.now() + BREAKING_MS
    while (Date.now() < over) {
      await delay(20 + Math.random() * 60)
      for (const socket of line.open) if (Math.random() < 0.6) end(socket)
    }
    await load.stop()

    const refused = load.calls.filter(({ code }) => code !== undefined)
    expect(refused.length).toBeGreaterThan(20)
    expect(load.calls.length - refused.length).toBeGreaterThan(20)
    expect(new Set(refused.map(({ code }) => code))).toEqual(new Set(['DATABASE_UNAVAILABLE']))
    expect(load.calls.filter(({ isRight }) => !isRight)).toEqual([])
    expect(Math.max(...load.calls.map(({ ms }) => ms))).toBeLessThan(REFUSAL_MS)
  }, 40_000)
})

test('a server that starts anew after it broke off in the middle of statements says so to each caller at once', async () => {
  const sleepers = [1, 2, 3, 4].flatMap(() => [
    tenancy.read(tenant, ({ sql }) => sql`select pg_sleep(1)`),
    tenancy.viewer((sql) => sql`select pg_sleep(1)`),
  ])
  await delay(300)
  line.refuse(true)
  for (const socket of line.open) socket.resetAndDestroy()
  await Promise.allSettled(sleepers)

  const began = performance.now()
  const answers = await Promise.allSettled([
    tenancy.read(tenant, ({ sql }) => sql`select 1`),
    tenancy.viewer((sql) => sql`select 1`),
  ])
  expect(performance.now() - began).toBeLessThan(1_000)
  const refused = { status: 'rejected', reason: { code: 'DATABASE_UNAVAILABLE', cause: { code: '57P03' } } }
  expect(answers).toMatchObject([refused, refused])
  line.refuse(false)
  expect(await tenancy.read(tenant, async () => 'served again')).toBe('served again')
}, 40_000)

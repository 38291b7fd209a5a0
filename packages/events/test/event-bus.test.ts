import { companies, createDatabase, type Database } from '@arv/database'
import { createPool } from '@arv/database/pool'
import { createTestDatabase, type TestDatabase } from '@arv/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type ClosableEventWriter,
  createPostgresEventBus,
  createPostgresEventWriter,
  type EventBus,
  eventCursor,
} from '../src/index.ts'
import { snapshotCursor, type StoredEvent } from '../src/index.ts'

const COMPANY = companies([1], { kind: 'nobody' })
const errors: unknown[] = []
const onError = (error: unknown) => errors.push(error)

let testDatabase: TestDatabase
let database: Database
let bus: EventBus
let writer: ClosableEventWriter

beforeAll(async () => {
  testDatabase = await createTestDatabase()
  database = createDatabase({ subgraph: 'content', url: testDatabase.urls.content })
  bus = await createPostgresEventBus({ database, listenUrl: testDatabase.urls.content, onError, pollMs: 200 })
  writer = createPostgresEventWriter({ url: testDatabase.urls.content, onError })
})

afterAll(async () => {
  await bus.close()
  await writer.close()
  await database.close()
  await testDatabase.drop()
})

const append = (subjectId: number) =>
  database.write(COMPANY, (tx) =>
    writer.append(tx, { type: 'content.details', subject: { type: 'content', id: subjectId }, payload: {} }),
  )

const everythingOf = (...subjectIds: number[]) => ({
  filter: (event: StoredEvent) => subjectIds.includes(event.subject.id),
  overflow: 'fail' as const,
})

async function take(events: AsyncIterator<StoredEvent>, count: number): Promise<StoredEvent[]> {
  const taken: StoredEvent[] = []
  while (taken.length < count) {
    const { value, done } = await events.next()
    if (done) break
    taken.push(value)
  }
  return taken
}

const subjects = (events: StoredEvent[]) => events.map((event) => event.subject.id)

test('nobody listens without TLS where TLS is asked for', async () => {
  const listenUrl = testDatabase.urls.content // whose server has none
  await expect(createPostgresEventBus({ database, listenUrl, ssl: 'require', onError })).rejects.toThrow()
})

test('an observer is told what was delivered, and may ask what was not yet', async () => {
  const delivered: Date[] = []
  let waiting: () => Promise<number> = () => Promise.reject(new Error('nothing reads'))
  const observed = await createPostgresEventBus({
    database,
    listenUrl: testDatabase.urls.content,
    onError,
    observer: { delivered: (at) => delivered.push(at), reading: (ask) => (waiting = ask) },
  })
  const before = Date.now()
  await append(91)
  await expect.poll(() => delivered.length, { timeout: 5_000 }).toBe(1)
  expect(Math.abs((delivered[0]?.getTime() ?? 0) - before)).toBeLessThan(5_000)
  expect(await waiting()).toBe(0)
  await observed.close()
})

describe('a subscriber', () => {
  test('gets what is committed after it came, in order, and nothing that was rolled back', async () => {
    const events = bus.subscribe(everythingOf(101, 102, 103))
    await append(101)
    await database
      .write(COMPANY, async (tx) => {
        await writer.append(tx, {
          type: 'content.details',
          subject: { type: 'content', id: 102 },
          payload: {},
        })
        throw new Error('rolled back')
      })
      .catch(() => undefined)
    await append(103)
    expect(subjects(await take(events, 2))).toEqual([101, 103])
    await events.return?.()
  })

  test('is told company, type, subject and payload', async () => {
    const events = bus.subscribe(everythingOf(111))
    await database.write(COMPANY, (tx) =>
      writer.append(tx, {
        type: 'content.active-video',
        subject: { type: 'content', id: 111 },
        payload: { reason: 'ACTIVATED', videoId: 5, previousVideoId: null },
      }),
    )
    const [event] = await take(events, 1)
    expect(event).toMatchObject({
      companyId: 1,
      type: 'content.active-video',
      subject: { type: 'content', id: 111 },
      payload: { reason: 'ACTIVATED', videoId: 5, previousVideoId: null },
    })
    await events.return?.()
  })

  test('does not skip a transaction that began first and commits last', async () => {
    const events = bus.subscribe(everythingOf(121, 122))
    let commitFirst: () => void = () => undefined
    const mayCommit = new Promise<void>((resolve) => (commitFirst = resolve))
    let appended: () => void = () => undefined
    const hasAppended = new Promise<void>((resolve) => (appended = resolve))
    const slow = database.write(COMPANY, async (tx) => {
      await writer.append(tx, { type: 'content.details', subject: { type: 'content', id: 121 }, payload: {} })
      appended()
      await mayCommit
    })
    await hasAppended
    await append(122)
    await new Promise((resolve) => setTimeout(resolve, 300))
    commitFirst()
    await slow
    expect(subjects(await take(events, 2))).toEqual([121, 122])
    await events.return?.()
  })

  test('who comes back with its last cursor gets all that it missed, once, and then what is new', async () => {
    const first = bus.subscribe(everythingOf(131, 132, 133, 134))
    await append(131)
    const [seen] = await take(first, 1)
    await first.return?.()
    await append(132)
    await append(133)
    const cursor = seen && eventCursor(seen.position)
    const second = bus.subscribe({ ...everythingOf(131, 132, 133, 134), after: cursor })
    expect(subjects(await take(second, 2))).toEqual([132, 133])
    await append(134)
    expect(subjects(await take(second, 1))).toEqual([134])
    await second.return?.()
  })

  test('who starts from a snapshot repeats nothing that it showed and misses nothing that was under way', async () => {
    await append(141)
    let commitSlow: () => void = () => undefined
    const mayCommit = new Promise<void>((resolve) => (commitSlow = resolve))
    let appended: () => void = () => undefined
    const hasAppended = new Promise<void>((resolve) => (appended = resolve))
    const slow = database.write(COMPANY, async (tx) => {
      await writer.append(tx, { type: 'content.details', subject: { type: 'content', id: 142 }, payload: {} })
      appended()
      await mayCommit
    })
    await hasAppended
    await append(143) // visible in the snapshot although it began after the one that is not
    const snapshot = await database.read(COMPANY, async ({ sql }) => {
      const [row] = await sql<{ snapshot: string }[]>`select pg_current_snapshot()::text as snapshot`
      return row?.snapshot ?? ''
    })
    const events = bus.subscribe({ ...everythingOf(141, 142, 143, 144), after: snapshotCursor(snapshot) })
    commitSlow()
    await slow
    await append(144)
    expect(subjects(await take(events, 2))).toEqual([142, 144])
    await events.return?.()
  })

  test('misses nothing while its connection for wake-ups is killed again and again', async () => {
    const owner = createPool(testDatabase.ownerUrl, { max: 1 })
    const events = bus.subscribe(everythingOf(...Array.from({ length: 20 }, (_, n) => 200 + n)))
    for (let n = 0; n < 20; n++) {
      if (n % 5 === 2)
        await owner`select pg_terminate_backend(pid) from pg_stat_activity where query ilike 'listen%'`
      await append(200 + n)
    }
    expect(subjects(await take(events, 20))).toEqual(Array.from({ length: 20 }, (_, n) => 200 + n))
    await events.return?.()
    await owner.end()
  })

  test('misses nothing that nobody was woken for, also after a look at the table took long', async () => {
    const owner = createPool(testDatabase.ownerUrl, { max: 1 })
    const events = bus.subscribe(everythingOf(171))
    await owner.begin(async (sql) => {
      await sql`lock table log.events in access exclusive mode`
      await sql`select pg_sleep(0.6)` // three times as long as the bus waits between two looks
    })
    await new Promise((resolve) => setTimeout(resolve, 300))
    await database.write(COMPANY, (tx) => tx.sql`select log.append_event('content.details', 'content', 171)`)
    expect(subjects(await take(events, 1))).toEqual([171])
    await events.return?.()
    await owner.end()
  })

  test('who shows a state gets the newest of what waited, not a backlog', async () => {
    const events = bus.subscribe({ ...everythingOf(151, 152, 153), overflow: 'latest' })
    const witness = bus.subscribe(everythingOf(151, 152, 153))
    for (const id of [151, 152, 153]) await append(id)
    await take(witness, 3)
    expect(subjects(await take(events, 1))).toEqual([153])
    await events.return?.()
    await witness.return?.()
  })

  test('may ask ahead and listen later, also to a failure', async () => {
    const unheard: unknown[] = []
    const note = (error: unknown) => unheard.push(error)
    process.on('unhandledRejection', note)
    const ahead = bus.subscribe({ ...everythingOf(1), after: 'nonsense' }).next()
    await new Promise((resolve) => setTimeout(resolve, 50))
    process.off('unhandledRejection', note)
    await expect(ahead).rejects.toMatchObject({ code: 'INVALID_CURSOR' })
    expect(unheard).toEqual([])
  })

  test('ends at once when it goes away while it waits', async () => {
    const events = bus.subscribe(everythingOf(161))
    const waiting = events.next()
    await events.return?.()
    expect((await waiting).done).toBe(true)
  })
})

describe('a cursor', () => {
  test('that retention has overtaken is refused, so that nobody believes to have seen everything', async () => {
    const owner = createPool(testDatabase.ownerUrl, { max: 1 })
    await owner`update log.event_horizon set tx = '50'`
    const old = bus.subscribe({ ...everythingOf(1), after: eventCursor({ tx: 50n, id: 1 }) })
    await expect(old.next()).rejects.toMatchObject({ code: 'CURSOR_EXPIRED' })
    await owner`update log.event_horizon set tx = '0'`
    await owner.end()
  })

  test('that is not ours is refused', async () => {
    await expect(bus.subscribe({ ...everythingOf(1), after: 'nonsense' }).next()).rejects.toMatchObject({
      code: 'INVALID_CURSOR',
    })
  })
})

import { setTimeout as delay } from 'node:timers/promises'
import { createTestDatabase, type TestDatabase } from '@arv/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { trackChanges } from '../src/changes.ts'
import { companies, createDatabase, type Database, type WriteTx } from '../src/index.ts'
import { onConnection } from './schema-snapshot.ts'
import { makeTwoCompanies, ONE } from './two-companies.ts'

const tenant = companies([ONE], { kind: 'job', name: 'test' })
let database: TestDatabase
let tenancy: Database

beforeAll(async () => {
  database = await createTestDatabase()
  await makeTwoCompanies(database.ownerUrl)
  const { tenancy: url, viewer: viewerUrl } = database.urls
  tenancy = createDatabase({ subgraph: 'tenancy', url, viewerUrl, pool: { max: 2 } })
})
afterAll(async () => {
  await tenancy.close()
  await database.drop()
})

const unavailable = { code: 'DATABASE_UNAVAILABLE' }
const note = (tx: WriteTx, subject: string) => tx.sql`
  insert into tenancy.notifications (company_id, notification_type, subject, message)
  values (${ONE}, 'QUOTA_REACHED', ${subject}, '')`
const notesOf = (subject: string) =>
  onConnection(
    database.ownerUrl,
    (sql) => sql`select 1 from tenancy.notifications where subject = ${subject}`,
  )

async function timed(work: Promise<unknown>) {
  const started = performance.now()
  const [outcome] = await Promise.allSettled([work])
  return { outcome, ms: performance.now() - started }
}

describe('while all connections are busy', () => {
  test('whoever comes is refused within two seconds, and nothing of it is done later', async () => {
    const release = Promise.withResolvers<void>()
    const busy = [1, 2].map(() => tenancy.read(tenant, () => release.promise))
    const refused = await Promise.all([
      timed(tenancy.read(tenant, (tx) => tx.sql`select 1`)),
      timed(tenancy.write(tenant, (tx) => note(tx, 'refused'))),
    ])
    for (const { outcome, ms } of refused) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: unavailable })
      expect(ms).toBeLessThan(2000)
    }
    release.resolve()
    await Promise.all(busy)
    expect(await tenancy.read(tenant, async () => 'served again')).toBe('served again')
    expect(await notesOf('refused')).toHaveLength(0)
  })

  test('a visitor is refused too', async () => {
    const release = Promise.withResolvers<void>()
    const busy = [1, 2].map(() => tenancy.viewer(() => release.promise))
    const { outcome, ms } = await timed(tenancy.viewer((sql) => sql`select 1`))
    expect(outcome).toMatchObject({ status: 'rejected', reason: unavailable })
    expect(ms).toBeLessThan(2000)
    release.resolve()
    await Promise.all(busy)
    expect([...(await tenancy.viewer((sql) => sql`select 1 as one`))]).toEqual([{ one: 1 }])
  })

  test('whoever waits is served in turn', async () => {
    const served: number[] = []
    await Promise.all(
      [1, 2, 3, 4, 5, 6].map((turn) =>
        tenancy.read(tenant, async () => {
          served.push(turn)
          await delay(20)
        }),
      ),
    )
    // The first two have a connection each, and no order.
    expect(served.slice(2)).toEqual([3, 4, 5, 6])
  })
})

describe('the account of a request’s changes', () => {
  test('a transaction that takes longer than its request may is not committed', async () => {
    const changes = trackChanges(100)
    const late = changes.during(() =>
      tenancy.write(tenant, async (tx) => {
        await note(tx, 'late')
        await delay(150)
      }),
    )
    await expect(late).rejects.toMatchObject(unavailable)
    expect(changes.outcome()).toBe('NOT_DONE')
    expect(await notesOf('late')).toHaveLength(0)
  })

  test('what was committed, or may have been, is not called undone', async () => {
    const changes = trackChanges()
    await changes.during(() => tenancy.write(tenant, (tx) => note(tx, 'done')))
    expect(changes.outcome()).toBe('UNKNOWN')

    await onConnection(
      database.ownerUrl,
      (sql) => sql`
        create function slow_commit() returns trigger language plpgsql as 'begin perform pg_sleep(4); return null; end'`,
    )
    await onConnection(
      database.ownerUrl,
      (sql) => sql`
        create constraint trigger slow_commit after insert on tenancy.notifications deferrable initially deferred
        for each row when (new.subject = 'slow commit') execute function slow_commit()`,
    )
    const lost = trackChanges()
    const slow = lost.during(() => tenancy.write(tenant, (tx) => note(tx, 'slow commit')))
    await expect(slow).rejects.toMatchObject(unavailable)
    expect(lost.outcome()).toBe('UNKNOWN')
  })

  test('what was rolled back or only read is called undone', async () => {
    const changes = trackChanges()
    await changes.during(async () => {
      await tenancy.read(tenant, (tx) => tx.sql`select 1`)
      const failing = tenancy.write(tenant, async (tx) => {
        await note(tx, 'rolled back')
        throw new Error('changed my mind')
      })
      await expect(failing).rejects.toThrow('changed my mind')
    })
    expect(changes.outcome()).toBe('NOT_DONE')
  })

  test('a write that nobody keeps account of has no deadline of a request', async () => {
    const changes = trackChanges(0)
    await delay(5)
    await tenancy.write(tenant, (tx) => note(tx, 'a job’s'))
    expect(await notesOf('a job’s')).toHaveLength(1)
    expect(changes.outcome()).toBe('NOT_DONE')
  })
})

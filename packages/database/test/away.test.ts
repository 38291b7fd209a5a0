import { setTimeout as delay } from 'node:timers/promises'
import { createTestDatabase, type TestDatabase } from '@arv/testkit'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { companies, createDatabase, type Database, type WriteTx } from '../src/index.ts'
import { onConnection } from './schema-snapshot.ts'
import { makeTwoCompanies, ONE, OTHER } from './two-companies.ts'

const job = { kind: 'job', name: 'test' } as const
let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase()
  await makeTwoCompanies(database.ownerUrl)
})
afterAll(() => database.drop())

async function withTenancy<T>(
  use: (tenancy: Database) => Promise<T>,
  pool: { max?: number; statementTimeoutMs?: number; transactionTimeoutMs?: number } = {},
): Promise<T> {
  const tenancy = createDatabase({ subgraph: 'tenancy', url: database.urls.tenancy, pool })
  try {
    return await use(tenancy)
  } finally {
    await tenancy.close()
  }
}

/** Writes down who meant to write; the database itself says as whom it was done. */
const note = (tx: WriteTx, meant: number, batch: string) => tx.sql`
  insert into tenancy.notifications (company_id, notification_type, subject, message)
  values ((arv.company_ids())[1], 'QUOTA_REACHED', ${String(meant)}, ${batch})`

function notes(batchPrefix: string) {
  return onConnection(
    database.ownerUrl,
    (sql) => sql<{ company: string; meant: string; batch: string }[]>`
      select company_id::text as company, subject as meant, message as batch from tenancy.notifications
      where message like ${`${batchPrefix}%`}`,
  )
}

describe('a server that takes too long', () => {
  test('a statement over its time is DATABASE_UNAVAILABLE, and the next one works', async () => {
    await withTenancy(
      async (tenancy) => {
        const started = Date.now()
        const slow = tenancy.read(companies([ONE], job), (tx) => tx.sql`select pg_sleep(20)`)
        await expect(slow).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' })
        expect(Date.now() - started).toBeLessThan(5_000)
        expect([...(await tenancy.read(companies([ONE], job), (tx) => tx.sql`select 1 as answer`))]).toEqual([
          { answer: 1 },
        ])
      },
      { statementTimeoutMs: 200 },
    )
  })

  test('a transaction that stays open is ended by the server, and nothing of it stays', async () => {
    await withTenancy(
      async (tenancy) => {
        const idle = tenancy.write(companies([ONE], job), async (tx) => {
          await note(tx, ONE, 'idle')
          await delay(1_500)
          await note(tx, ONE, 'idle')
        })
        await expect(idle).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' })
        expect([...(await notes('idle'))]).toEqual([])
      },
      { transactionTimeoutMs: 300 },
    )
  })

  test('what waited for a connection until its caller was told "no" is not done after all', async () => {
    const outcomes = await withTenancy(
      async (tenancy) => {
        const writes = Array.from({ length: 12 }, (_, n) =>
          tenancy.write(companies([ONE], job), async (tx) => {
            await note(tx, ONE, `queue-${n}`)
            await tx.sql`select pg_sleep(0.35)`
          }),
        )
        const settled = await Promise.allSettled(writes)
        await tenancy.read(companies([ONE], job), (tx) => tx.sql`select 'all before me is over'`)
        return settled.map(({ status }) => status)
      },
      { max: 1, transactionTimeoutMs: 500 }, // so a caller is told after two and a half seconds
    )
    expect(new Set(outcomes)).toEqual(new Set(['fulfilled', 'rejected']))
    expect(await notes('queue-')).toHaveLength(outcomes.filter((status) => status === 'fulfilled').length)
  })

  test('a server that is not there', async () => {
    const tenancy = createDatabase({
      subgraph: 'tenancy',
      url: 'postgres://arv_tenancy_login:x@127.0.0.1:1/arv',
    })
    const read = tenancy.read(companies([ONE], job), (tx) => tx.sql`select 1`)
    await expect(read).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' })
    await tenancy.close()
  })
})

describe('a statement that comes after its transaction', () => {
  test('is refused, and never runs in the next one', async () => {
    await withTenancy(
      async (tenancy) => {
        const later = Promise.withResolvers<void>()
        const outcomes: Promise<unknown>[] = []
        const failed = tenancy.write(companies([ONE], job), async (tx) => {
          const unsent = note(tx, ONE, 'late')
          outcomes.push(
            later.promise.then(() => note(tx, ONE, 'late')),
            later.promise.then(() => unsent),
            later.promise.then(() => tx.sql.unsafe('select 1')),
          )
          throw new Error('changed my mind')
        })
        await expect(failed).rejects.toThrow('changed my mind')
        await tenancy.write(companies([OTHER], job), async (tx) => {
          await note(tx, OTHER, 'late')
          later.resolve()
          await Promise.allSettled(outcomes)
          await note(tx, OTHER, 'late')
        })
        expect((await Promise.allSettled(outcomes)).map(({ status }) => status)).toEqual([
          'rejected',
          'rejected',
          'rejected',
        ])
        expect([...(await notes('late'))]).toEqual([
          { company: String(OTHER), meant: String(OTHER), batch: 'late' },
          { company: String(OTHER), meant: String(OTHER), batch: 'late' },
        ])
      },
      { max: 1 },
    )
  })
})

describe('backends that are killed in the middle of transactions', () => {
  test('each caller gets a right answer or DATABASE_UNAVAILABLE in time, and nothing ran as another tenant', async () => {
    const outcomes = await withTenancy(
      async (tenancy) => {
        let killing = true
        const killed = killLogins(100).finally(() => (killing = false))
        const results: { batch: string; ms: number; done: boolean; code: unknown }[] = []
        let begun = 0
        const caller = async () => {
          while (killing) {
            const index = begun++
            const batch = `kill-${index}-`
            const company = index % 2 === 0 ? ONE : OTHER
            const started = Date.now()
            const error: unknown = await writeThreeNotes(tenancy, company, batch).then(
              () => undefined,
              (reason: unknown) => reason,
            )
            const code = error instanceof Error && 'code' in error ? error.code : error
            results.push({ batch, ms: Date.now() - started, done: error === undefined, code })
          }
        }
        await Promise.all([killed, ...Array.from({ length: 16 }, caller)])
        return results
      },
      { max: 6, statementTimeoutMs: 1_000, transactionTimeoutMs: 2_000 },
    )
    const failed = outcomes.filter(({ done }) => !done)
    expect(failed.length).toBeGreaterThan(20)
    expect(outcomes.length).toBeGreaterThan(failed.length)
    expect(new Set(failed.map(({ code }) => code))).toEqual(new Set(['DATABASE_UNAVAILABLE']))
    // The pool's own wait comes on top of the transaction's time.
    expect(Math.max(...outcomes.map(({ ms }) => ms))).toBeLessThan(4_500)

    const written = await notes('kill-')
    expect(written.filter(({ company, meant }) => company !== meant)).toEqual([])
    const perBatch = Map.groupBy(written, ({ batch }) => batch)
    for (const { batch, done } of outcomes) {
      const count = perBatch.get(batch)?.length ?? 0
      // All or nothing; of a lost answer to "commit" nobody can tell which.
      expect({ batch, count }).toEqual({ batch, count: done || count > 0 ? 3 : 0 })
    }
  })
})

function writeThreeNotes(tenancy: Database, company: number, batch: string): Promise<void> {
  return tenancy.write(companies([company], job), async (tx) => {
    await note(tx, company, batch)
    await tx.sql`select pg_sleep(0.002)`
    await Promise.all([note(tx, company, batch), note(tx, company, batch)])
  })
}

/** Ends one backend of the login after another, `count` in all. */
async function killLogins(count: number): Promise<void> {
  const sql = postgres(database.ownerUrl, { max: 1, onnotice: () => {} })
  let killed = 0
  while (killed < count) {
    const rows = await sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where usename = 'arv_tenancy_login' and datname = current_database() order by random() limit 1`
    killed += rows.length
    await delay(15)
  }
  await sql.end()
}

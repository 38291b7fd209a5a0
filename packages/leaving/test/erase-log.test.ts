import { companies, createDatabase, type Database, platform } from '@arv/database'
import { appendAudit, sealAuditLog, verifyAuditLog } from '@arv/events'
import { createSeed, createTestDatabase, type Seed, type TestDatabase } from '@arv/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'

const JOB = { kind: 'job', name: 'erasure' } as const

let testDatabase: TestDatabase
let database: Database
let seed: Seed
let acme: number
let other: number

beforeAll(async () => {
  testDatabase = await createTestDatabase()
  database = createDatabase({ subgraph: 'tenancy', url: testDatabase.urls.tenancy })
  seed = createSeed(testDatabase.ownerUrl)
})

afterAll(async () => {
  await database.close()
  await seed.close()
  await testDatabase.drop()
})

/** Two companies whose entries alternate, all of them sealed. */
beforeEach(async () => {
  acme = (await seed.company()).id
  other = (await seed.company()).id
  for (const id of [acme, other, acme, other, acme]) await enter(id)
  await expect.poll(() => sealAuditLog(database), { timeout: 10_000 }).toBeGreaterThan(0)
})

const enter = (companyId: number) =>
  database.write(companies([companyId], JOB), (tx) =>
    appendAudit(tx, { action: 'company.update', entityType: 'Company', entityId: companyId }),
  )

const erase = (companyId: number, atMost: number) =>
  database.write(platform(JOB, companyId), ({ sql }) => sql`select * from leaving.erase_log(${atMost})`)

const begin = (companyId: number) =>
  database.write(platform(JOB, companyId), async ({ sql }) => {
    await sql`update tenancy.companies set is_active = false, erased_at = now() where id = ${companyId}`
    await sql`select leaving.begin_erasure('acme')`
  })

const brokenCompanies = async () =>
  (await verifyAuditLog(database)).filter(({ firstBreak }) => firstBreak !== null)

test('an erasure begins of a company only that was marked as erased, and once', async () => {
  const erasuresOf = (companyId: number) =>
    database.read(
      platform(JOB),
      ({ sql }) => sql`select from leaving.erasures where company_id = ${companyId}`,
    )
  const unmarked = database.write(platform(JOB, acme), ({ sql }) => sql`select leaving.begin_erasure('acme')`)
  await expect(unmarked).rejects.toThrow(`company ${acme} is not marked as erased`)
  expect(await erasuresOf(acme)).toHaveLength(0)
  await begin(acme)
  await begin(acme)
  expect(await erasuresOf(acme)).toHaveLength(1)
})

describe('the audit log', () => {
  test('of a company that nobody erases can’t be erased', async () => {
    await expect(erase(acme, 10)).rejects.toThrow(`company ${acme} is not being erased`)
    await begin(acme)
    await expect(erase(other, 10)).rejects.toThrow(`company ${other} is not being erased`)
  })

  test('of a company whose erasure is done can’t be erased', async () => {
    await begin(acme)
    await database.write(platform(JOB, acme), ({ sql }) => sql`select leaving.finish_erasure()`)
    await expect(erase(acme, 10)).rejects.toThrow('is not being erased')
  })

  test.each(['log.audit_entries', 'log.audit_seals', 'leaving.erasures'])(
    'has no other way out: %s',
    async (table) => {
      await begin(acme)
      for (const tenant of [platform(JOB, acme), companies([acme], JOB)]) {
        await expect(
          database.write(tenant, ({ sql }) => sql`delete from ${sql(table)} where company_id = ${acme}`),
        ).rejects.toThrow('permission denied')
      }
    },
  )

  test('goes with its seals, the latest first, and what is left verifies meanwhile', async () => {
    await begin(acme)
    expect([...(await erase(acme, 2))]).toEqual([{ entries: 2, events: 0 }])
    expect(await brokenCompanies()).toEqual([])
    expect([...(await erase(acme, 2))]).toEqual([{ entries: 1, events: 0 }])
    expect(await brokenCompanies()).toEqual([])
    const left = await seed.sql`
      select (select count(*)::int from log.audit_entries where company_id = ${acme}) as entries,
        (select count(*)::int from log.audit_seals where company_id = ${acme}) as seals`
    expect([...left]).toEqual([{ entries: 0, seals: 0 }])
  })

  test('of other companies goes on being sealed', async () => {
    await begin(acme)
    await erase(acme, 10)
    await enter(other)
    await expect.poll(() => sealAuditLog(database), { timeout: 10_000 }).toBe(1)
    expect(await verifyAuditLog(database, other)).toMatchObject([{ sealed: 3, firstBreak: null }])
  })
})

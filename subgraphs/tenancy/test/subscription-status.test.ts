import { createDatabase, platform } from '@arv/database'
import { companies } from '@arv/drizzle/schema/tenancy'
import { createSeed, createTestDatabase } from '@arv/testkit'
import { asc, sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { hasSubscriptionStatus } from '../src/companies/subscription-status.repository.ts'
import { subscriptionStatus } from '../src/companies/subscription-status.ts'

const STATUSES = ['ACTIVE', 'EXPIRING', 'GRACE', 'EXPIRED'] as const
const DAY_MS = 86_400_000

/** Around the change of the clocks in Berlin on 2026-10-25: a day must not become 25 hours there. */
const INSTANT = new Date('2026-10-25T12:00:00Z')
const ENDS = [-8, -7, -1, 0, 1, 29, 30, 31].flatMap((days) =>
  [-1, 0, 1].map((ms) => new Date(INSTANT.getTime() + days * DAY_MS + ms)),
)

test('the status of a subscription in SQL is the one in code, in every time zone', async () => {
  const testDatabase = await createTestDatabase()
  const seed = createSeed(testDatabase.ownerUrl)
  const database = createDatabase({ subgraph: 'tenancy', url: testDatabase.urls.tenancy })
  for (const end of [null, ...ENDS]) await seed.company({ subscription_expires_at: end })

  const compared = new Set<string>()
  await database.read(platform({ kind: 'nobody' }), async (tx) => {
    const all = await tx.drizzle.select().from(companies).orderBy(asc(companies.id))
    for (const zone of ['UTC', 'Europe/Berlin']) {
      await tx.sql`select set_config('timezone', ${zone}, true)`
      for (const status of STATUSES) {
        const found = await tx.drizzle
          .select({ id: companies.id })
          .from(companies)
          .where(hasSubscriptionStatus(status, sql`${INSTANT.toISOString()}::text::timestamptz`))
          .orderBy(asc(companies.id))
        const expected = all.filter(
          ({ subscriptionExpiresAt }) => subscriptionStatus(subscriptionExpiresAt, INSTANT) === status,
        )
        expect(found.map(({ id }) => id)).toEqual(expected.map(({ id }) => id))
        if (found.length > 0) compared.add(status)
      }
    }
  })
  expect([...compared].toSorted()).toEqual([...STATUSES].toSorted())

  await database.close()
  await seed.close()
  await testDatabase.drop()
})

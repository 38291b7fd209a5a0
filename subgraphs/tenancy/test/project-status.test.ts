import { platform } from '@arv/database'
import { createDatabase } from '@arv/database'
import { createSeed, createTestDatabase } from '@arv/testkit'
import { projects } from '@arv/drizzle/schema/tenancy'
import { asc, sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { projectStatus } from '../src/projects/project-status.ts'
import { hasStatus } from '../src/projects/project-status.repository.ts'

const STATUSES = ['SCHEDULED', 'ACTIVE', 'EXPIRING', 'EXPIRED', 'ARCHIVED'] as const

/** Ends and beginnings around the instants that are asked about, on them and a millisecond away from them. */
const MOMENTS = [
  null,
  '2026-10-24T22:00:00.000Z',
  '2026-10-24T23:00:00.000Z',
  '2026-10-25T22:59:59.999Z',
  '2026-10-25T23:00:00.000Z',
  '2026-10-25T23:00:00.001Z',
  '2026-11-01T23:00:00.000Z',
]

test('the status in SQL is the status in code, at every instant and in every time zone', async () => {
  const testDatabase = await createTestDatabase()
  const seed = createSeed(testDatabase.ownerUrl)
  const database = createDatabase({ subgraph: 'tenancy', url: testDatabase.urls.tenancy })
  const company = await seed.company()
  for (const startsAt of MOMENTS) {
    for (const expiresAt of MOMENTS) {
      if (startsAt !== null && expiresAt !== null && expiresAt <= startsAt) continue
      for (const days of [0, 1, 7]) {
        const columns = { starts_at: startsAt, expires_at: expiresAt, notify_before_expiry_days: days }
        await seed.project(company.id, columns)
        await seed.project(company.id, { ...columns, archived_at: '2026-10-25T00:00:00Z' })
      }
    }
  }

  const compared = new Set<string>()
  await database.read(platform({ kind: 'nobody' }), async (tx) => {
    const all = await tx.drizzle.select().from(projects).orderBy(asc(projects.id))
    // Clocks go back in Berlin at 2026-10-25T01:00Z: a day of notice must not become 25 hours there.
    for (const zone of ['UTC', 'Europe/Berlin']) {
      await tx.sql`select set_config('timezone', ${zone}, true)`
      for (const moment of MOMENTS) {
        if (moment === null) continue
        for (const status of STATUSES) {
          const found = await tx.drizzle
            .select({ id: projects.id })
            .from(projects)
            .where(hasStatus(status, sql`${moment}::text::timestamptz`))
            .orderBy(asc(projects.id))
          const expected = all.filter((project) => projectStatus(project, new Date(moment)) === status)
          expect(found.map(({ id }) => id)).toEqual(expected.map(({ id }) => id))
          if (found.length > 0) compared.add(status)
        }
      }
    }
  })
  expect([...compared].toSorted()).toEqual([...STATUSES].toSorted())

  await database.close()
  await seed.close()
  await testDatabase.drop()
})

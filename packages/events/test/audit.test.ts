import { companies, createDatabase, type Database } from '@arv/database'
import { createSeed, createTestDatabase, type Seed, type TestDatabase } from '@arv/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import {
  type AuditEntry,
  appendAudit,
  fieldsChangedSince,
  sealAuditLog,
  verifyAuditLog,
} from '../src/index.ts'

let testDatabase: TestDatabase
let database: Database
/** The database's owner, who may do what no role of the application may. */
let seed: Seed
let forger: Seed['sql']

beforeAll(async () => {
  testDatabase = await createTestDatabase()
  database = createDatabase({ subgraph: 'tenancy', url: testDatabase.urls.tenancy })
  seed = createSeed(testDatabase.ownerUrl)
  forger = seed.sql
})

afterEach(async () => {
  await forger`truncate log.audit_seals, log.audit_entries`
})

afterAll(async () => {
  await database.close()
  await seed.close()
  await testDatabase.drop()
})

const append = (companyId: number, entry: Partial<AuditEntry> = {}) =>
  database.write(companies([companyId], { kind: 'user', userId: 5 }), (tx) =>
    appendAudit(tx, { action: 'project.update', entityType: 'Project', entityId: 7, ...entry }),
  )
const appendMany = async (companyId: number, count: number) => {
  for (let n = 1; n <= count; n++) await append(companyId, { changes: { name: `Name ${n}` } })
}
/** Seals so many: transactions of other databases of the server, which have to end first, may be in the way. */
const sealAll = async (count: number) => {
  let sealed = 0
  await vi.waitFor(async () => expect((sealed += await sealAuditLog(database))).toBe(count), {
    timeout: 20_000,
  })
}
const verdictOf = async (companyId: number) => {
  const [verdict] = await verifyAuditLog(database, companyId)
  return verdict
}

describe('what is written down', () => {
  test('holds no secret, however deep it lies', async () => {
    await append(1, {
      changes: { name: 'Shop', password: 'hunter2', deep: [{ refreshToken: 'x', size: 2 }], apiKey: null },
    })
    const [entry] = await forger`select changes from log.audit_entries`
    expect(entry?.['changes']).toEqual({
      name: 'Shop',
      password: '[hidden]',
      deep: [{ refreshToken: '[hidden]', size: 2 }],
      apiKey: null,
    })
  })

  test('tells which fields later versions of an entity have changed', async () => {
    await append(1, { changes: { name: 'A', tags: [] }, entityVersion: 1 })
    await append(1, { changes: { name: 'B' }, entityVersion: 2 })
    await append(1, { changes: { tags: ['x'], slug: 's' }, entityVersion: 3 })
    await append(1, { changes: { notes: '' }, entityId: 8, entityVersion: 3 })
    await append(2, { changes: { expiresAt: '' }, entityVersion: 3 })
    const since = (sinceVersion: number) =>
      database.write(companies([1], { kind: 'nobody' }), (tx) =>
        fieldsChangedSince(tx, { entityType: 'Project', entityId: 7, sinceVersion }),
      )
    expect(await since(1)).toEqual(['name', 'slug', 'tags'])
    expect(await since(2)).toEqual(['slug', 'tags'])
    expect(await since(3)).toEqual([])
  })

  test('can be changed or removed by no role of the application', async () => {
    await append(1)
    await sealAll(1)
    const attempts = [
      `update log.audit_entries set action = 'x'`,
      `delete from log.audit_entries`,
      `truncate log.audit_entries`,
      `insert into log.audit_entries (company_id, actor, action, entity_type, entity_id) values (1, 'a', 'b', 'c', 1)`,
      `update log.audit_seals set hash = hash`,
      `delete from log.audit_seals`,
      `insert into log.audit_seals (company_id, sequence, entry_id, tx, hash) values (9, 1, 9, '1', sha256(''))`,
    ]
    const [{ roles }] = await forger<[{ roles: string[] }]>`
      select array_agg(rolname::text) as roles from pg_roles where rolname ~ '^arv_'`
    const subgraphRoles = roles.filter((role) => /_(?:login|platform)$|^arv_[a-z]+$/.test(role))
    expect(subgraphRoles.length).toBeGreaterThan(9)
    for (const role of subgraphRoles) {
      for (const attempt of attempts) {
        const tried = forger.begin(async (sql) => {
          await sql.unsafe(`set local role ${role}`)
          await sql.unsafe(attempt)
        })
        await expect(tried, `${role}: ${attempt}`).rejects.toThrow('permission denied')
      }
    }
  })
})

describe('sealing', () => {
  test('chains each company’s entries by themselves', async () => {
    await appendMany(1, 3)
    await appendMany(2, 2)
    await append(1)
    await sealAll(6)
    expect(await sealAuditLog(database)).toBe(0)
    const rows = await forger`
      select company_id, array_agg(sequence order by sequence) as sequences from log.audit_seals
      group by company_id order by company_id`
    expect([...rows]).toEqual([
      { company_id: 1, sequences: [1, 2, 3, 4] },
      { company_id: 2, sequences: [1, 2] },
    ])
    expect(await verifyAuditLog(database)).toMatchObject([
      { companyId: 1, sealed: 4, firstBreak: null, unsealed: { entries: 0 } },
      { companyId: 2, sealed: 2, firstBreak: null, unsealed: { entries: 0 } },
    ])
  })

  test('waits for a transaction that commits late, and does not skip it', async () => {
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>()
    const { promise: written, resolve: wrote } = Promise.withResolvers<void>()
    const late = database.write(companies([1], { kind: 'nobody' }), async (tx) => {
      await appendAudit(tx, { action: 'late', entityType: 'Project', entityId: 1 })
      wrote()
      await held
    })
    await written
    await append(1, { action: 'early' })
    expect(await sealAuditLog(database)).toBe(0)
    expect(await verdictOf(1)).toMatchObject({ sealed: 0, headHash: null, unsealed: { entries: 1 } })
    letGo()
    await late
    await sealAll(2)
    const actions = await forger`
      select action from log.audit_seals s join log.audit_entries e on e.id = s.entry_id order by sequence`
    expect(actions.map(({ action }) => action)).toEqual(['late', 'early'])
  })

  test('is done once when many do it at the same time', async () => {
    await appendMany(1, 20)
    let sealed = 0
    await vi.waitFor(
      async () => {
        const counts = await Promise.all(Array.from({ length: 8 }, () => sealAuditLog(database)))
        sealed += counts.reduce((sum, count) => sum + count, 0)
        expect(sealed).toBe(20)
      },
      { timeout: 20_000 },
    )
    expect(await verdictOf(1)).toMatchObject({ sealed: 20, firstBreak: null })
  })

  test('says how long the tail without seals is', async () => {
    await appendMany(1, 2)
    await sealAll(2)
    await appendMany(1, 3)
    await forger`update log.audit_entries set at = now() - interval '1 minute' where id = (select max(id) from log.audit_entries)`
    const verdict = await verdictOf(1)
    expect(verdict).toMatchObject({ sealed: 2, firstBreak: null, unsealed: { entries: 3 } })
    expect(verdict?.unsealed.oldestSeconds).toBeGreaterThan(59)
  })
})

describe('verifying notices', () => {
  const idOf = async (place: number) => {
    const rows = await forger<{ id: number }[]>`
      select id::int from log.audit_entries where company_id = 1 order by tx, id`
    return rows[place - 1]?.id ?? 0
  }
  const seal = async () => {
    await appendMany(1, 5)
    await appendMany(2, 2)
    await sealAll(7)
  }

  test.for([
    ['changes', `changes = '{}'`],
    ['actor', `actor = 'user:6'`],
    ['time', `at = at + interval '1 microsecond'`],
    ['company', `company_id = 2`],
    ['entity', `entity_id = 8`],
    ['version', `entity_version = 9`],
  ] as const)('an altered %s', async ([, set]) => {
    await seal()
    const id = await idOf(3)
    await forger.unsafe(`update log.audit_entries set ${set} where id = ${id}`)
    expect(await verdictOf(1)).toMatchObject({
      sealed: 2,
      firstBreak: { kind: 'entryAltered', sequence: 3, entryId: id },
    })
  })

  test('a removed entry, the last one too', async () => {
    await seal()
    const id = await idOf(5)
    await forger`delete from log.audit_entries where id = ${id}`
    expect(await verdictOf(1)).toMatchObject({
      firstBreak: { kind: 'entryRemoved', sequence: 5, entryId: id },
    })
  })

  test('an entry removed together with its seal', async () => {
    await seal()
    const id = await idOf(2)
    await forger`delete from log.audit_seals where entry_id = ${id}`
    await forger`delete from log.audit_entries where id = ${id}`
    expect(await verdictOf(1)).toMatchObject({ firstBreak: { kind: 'sealRemoved', sequence: 2 } })
  })

  test('two entries that changed places', async () => {
    await seal()
    const [first, second] = [await idOf(2), await idOf(3)]
    await forger`
      update log.audit_entries e set changes = other.changes, at = other.at from log.audit_entries other
      where (e.id, other.id) in ((${first}::bigint, ${second}::bigint), (${second}::bigint, ${first}::bigint))`
    expect(await verdictOf(1)).toMatchObject({ firstBreak: { kind: 'entryAltered', sequence: 2 } })
  })

  test('an entry that was slipped in', async () => {
    await seal()
    const [row] = await forger<{ id: number }[]>`
      insert into log.audit_entries (tx, company_id, actor, action, entity_type, entity_id)
      select tx, 1, 'user:5', 'project.update', 'Project', 7 from log.audit_entries where id = ${await idOf(1)}
      returning id::int`
    expect(await verdictOf(1)).toMatchObject({ firstBreak: { kind: 'entryInserted', entryId: row?.id } })
    expect(await verdictOf(2)).toMatchObject({ firstBreak: null })
  })
})

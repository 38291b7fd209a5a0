import { createTestDatabase, type TestDatabase } from '@arv/testkit'
import { plantCanaries } from '@arv/testkit/canaries'
import postgres, { type Sql, type TransactionSql } from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { policyProbes, type Probe } from './policy-probes.ts'

let database: TestDatabase
let sql: Sql
let probes: Probe[]

beforeAll(async () => {
  database = await createTestDatabase()
  sql = postgres(database.ownerUrl, { max: 1, onnotice: () => {} })
  probes = await policyProbes(sql, await plantCanaries(sql))
})

afterAll(async () => {
  await sql.end()
  await database.drop()
})

class RolledBack extends Error {}

/** Does something to the database for as long as `look` takes. */
async function inVain<T>(change: string, look: (tx: TransactionSql) => Promise<T>): Promise<T> {
  const found: T[] = []
  try {
    await sql.begin(async (tx) => {
      await tx.unsafe(change)
      found.push(await look(tx))
      throw new RolledBack()
    })
  } catch (error) {
    if (!(error instanceof RolledBack)) throw error
  }
  const [result] = found
  if (result === undefined) throw new Error('nothing was looked at')
  return result
}

/** A probe that can't even be made says that something is missing: it doesn't hold. */
async function holds(tx: TransactionSql, probe: Probe): Promise<boolean> {
  let held = false
  try {
    await tx.savepoint(async (inner) => {
      held = await probe.holds(inner)
      throw new RolledBack()
    })
  } catch (error) {
    return held && error instanceof RolledBack
  }
  return held
}

interface Policy {
  readonly table: string
  readonly name: string
  readonly using: string | null
  readonly check: string | null
  /** What any of the policy's roles may do with the table. */
  readonly looks: boolean
  readonly makes: boolean
}

const readPolicies = () => sql<Policy[]>`
  select p.table, policyname as name, qual as using, with_check as check, coalesce(looks, false) as looks, coalesce(makes, false) as makes
  from (select *, format('%I.%I', schemaname, tablename) as table from pg_policies) as p,
    lateral (
      select bool_or(has_any_column_privilege(role, p.table, 'select') or has_any_column_privilege(role, p.table, 'update')
          or has_table_privilege(role, p.table, 'delete')) as looks,
        bool_or(has_any_column_privilege(role, p.table, 'insert') or has_any_column_privilege(role, p.table, 'update')) as makes
      from unnest(p.roles) as role) as rights
  where p.table = any (${[...new Set(probes.flatMap(({ tables }) => tables))]}::text[])
  order by 1, 2`

/**
 * Every way to make a policy as good as none: what it hides is shown, what it refuses is taken, or it is not there.
 * Where its roles have no right that it could hold back, it is there for the day that they get one.
 */
function neutralisations({ table, name, using, check, looks, makes }: Policy): string[] {
  return [
    ...(looks && using !== null && using !== 'true'
      ? [`alter policy "${name}" on ${table} using (true)`]
      : []),
    ...(makes && check !== null && check !== 'true'
      ? [`alter policy "${name}" on ${table} with check (true)`]
      : []),
    ...(looks || makes ? [`drop policy "${name}" on ${table}`] : []),
  ]
}

describe('row-level policies', () => {
  test('hold: each table, each role, each right', async () => {
    const broken = await inVain('select 1', async (tx) => {
      const names: string[] = []
      for (const probe of probes) if (!(await holds(tx, probe))) names.push(probe.name)
      return names
    })
    expect(broken).toEqual([])
    expect(probes.length).toBeGreaterThan(150)
  })

  test('each of them is needed: once it is neutralised or gone, a probe fails', async () => {
    const policies = await readPolicies()
    const survivors: string[] = []
    for (const policy of policies) {
      const about = probes.filter(({ tables }) => tables.includes(policy.table))
      for (const change of neutralisations(policy)) {
        const noticed = await inVain(change, async (tx) => {
          for (const probe of about) if (!(await holds(tx, probe))) return probe.name
          return null
        })
        if (noticed === null) survivors.push(change)
      }
    }
    expect(survivors).toEqual([])
    expect(policies.length).toBeGreaterThan(45)
  }, 120_000)
})

import { companies, type Database, type Tenant, type WriteTx } from '@arv/database'

/** Where an erasure is, in the order in which it goes. */
export type ErasureStep = 'PEOPLE' | 'VIEWS' | 'CONTENTS' | 'FILES' | 'REST'

/** A table whose rows of a company go. */
export interface ErasedTable {
  /** With its schema: `content.videos`. */
  readonly name: string
  /** Columns that tell rows apart. */
  readonly key: readonly [string, ...string[]]
  /** Which rows, in SQL; all of the company unless given. */
  readonly where?: string
}

/** A step of the erasure of a company, in one subgraph. */
export interface ErasureRun {
  readonly companyId: number
  readonly step: ErasureStep
  readonly signal: AbortSignal
}

const ROWS_A_TIME = 2_000

/**
 * Whether the company is there and marked; false when it is gone already, so that there is nothing left to do.
 *
 * @throws Error when the company is there and nobody wants it erased
 */
async function isMarked(database: Database, tenant: Tenant, companyId: number): Promise<boolean> {
  const [company] = await database.read(
    tenant,
    ({ sql }) => sql<{ isMarked: boolean }[]>`
      select erased_at is not null as "isMarked" from tenancy.companies where id = ${companyId}`,
  )
  if (company?.isMarked === false) throw new Error(`Company ${companyId} is not to be erased.`)
  return company !== undefined
}

/**
 * Deletes the rows of a company from tables, in their order, some thousand a transaction, as its tenant: a mistake in a
 * condition can't reach another company. What was deleted is counted in the same transaction, so that a run that is
 * repeated counts nothing twice.
 *
 * @returns false when the company is gone already
 */
export async function eraseRows(
  database: Database,
  { companyId, step, signal }: ErasureRun,
  tables: readonly ErasedTable[],
): Promise<boolean> {
  const tenant = companies([companyId], { kind: 'job', name: 'erasure' })
  if (!(await isMarked(database, tenant, companyId))) return false
  for (const { name, key, where } of tables) {
    const keys = key.join(', ')
    const those = `company_id = $1 ${where === undefined ? '' : `and ${where}`}`
    const backwards = key.map((column) => `${column} desc`).join(', ')
    // A range of the key, up to the last of the first rows: read by an index however little the planner knows of the table.
    const statement = `delete from ${name} where ${those} and (${keys}) <= (
      select ${keys} from (select ${keys} from ${name} where ${those} order by ${keys} limit ${ROWS_A_TIME}) first
      order by ${backwards} limit 1)`
    await repeatErasing(database, { companyId, step, signal }, async (tx) => {
      const { count } = await tx.sql.unsafe(statement, [companyId])
      return { [name]: count }
    })
  }
  return true
}

/** Repeats a statement, each time in a transaction of its own, until nothing is left that it removes. */
export async function repeatErasing(
  database: Database,
  { companyId, step, signal }: ErasureRun,
  remove: (tx: WriteTx) => Promise<Readonly<Record<string, number>>>,
  tenant: Tenant = companies([companyId], { kind: 'job', name: 'erasure' }),
): Promise<void> {
  for (let hasMore = true; hasMore;) {
    signal.throwIfAborted()
    hasMore = await database.write(tenant, async (tx) => {
      const counts = Object.entries(await remove(tx)).filter(([, count]) => count > 0)
      if (counts.length > 0) await noteErasure(tx, step, Object.fromEntries(counts))
      return counts.length > 0
    })
  }
}

/** Moves the erasure on, and sends whatever goes on with it in the same transaction. */
export async function finishStep(
  database: Database,
  companyId: number,
  next: ErasureStep,
  send: (tx: WriteTx) => Promise<void>,
): Promise<void> {
  const tenant = companies([companyId], { kind: 'job', name: 'erasure' })
  await database.write(tenant, async (tx) => {
    await noteErasure(tx, next, {})
    await send(tx)
  })
}

async function noteErasure(
  { sql }: WriteTx,
  step: ErasureStep,
  counts: Readonly<Record<string, number>>,
): Promise<void> {
  await sql`select leaving.note_erasure(${step}, ${JSON.stringify(counts)}::jsonb)`
}

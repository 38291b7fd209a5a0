import type { Tx, WriteTx } from '@arv/database'
import type { SealedEntry } from './audit-chain.ts'

/** Columns as `SealedEntry` names them; `e` is the entry. */
const ENTRY = (tx: Tx) => tx.sql`
  e.id, e.tx::text, e.company_id as "companyId",
  to_char(e.at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at,
  e.actor, e.action, e.entity_type as "entityType", e.entity_id as "entityId",
  e.entity_version as "entityVersion", e.changes`

/** The end of a company's chain. */
export interface ChainHead {
  readonly companyId: number
  readonly sequence: number
  readonly hash: Buffer
}

/** A seal, and its entry if that is still there. */
export interface SealAndEntry extends ChainHead {
  readonly entryId: number
  readonly entry: SealedEntry | null
}

/** Whether this transaction is the one that may seal; another one's end is not waited for. */
export async function takeSealing({ sql }: WriteTx): Promise<boolean> {
  const [row] = await sql<{ taken: boolean }[]>`
    select pg_try_advisory_xact_lock(hashtextextended('log.audit_seals', 0)) as taken`
  return row?.taken ?? false
}

/**
 * The next entries without a seal, in the order of the outbox and only as far as no older transaction can still
 * commit: what comes later sorts behind them.
 */
export async function findUnsealed(tx: Tx, limit: number): Promise<SealedEntry[]> {
  return tx.sql<SealedEntry[]>`
    with last as (select tx, entry_id from log.audit_seals order by tx desc, entry_id desc limit 1)
    select ${ENTRY(tx)}
    from log.audit_entries e
    where e.tx < pg_snapshot_xmin(pg_current_snapshot())
      and (e.tx, e.id) > (coalesce((select tx from last), '0'::xid8), coalesce((select entry_id from last), 0))
    order by e.tx, e.id
    limit ${limit}`
}

export async function findHeads({ sql }: Tx, companyIds: readonly number[]): Promise<ChainHead[]> {
  return sql<ChainHead[]>`
    select distinct on (company_id) company_id as "companyId", sequence, hash
    from log.audit_seals where company_id = any(${companyIds as number[]}::int[])
    order by company_id, sequence desc`
}

export interface NewSeal extends ChainHead {
  readonly entryId: number
  readonly tx: string
}

export async function appendSeals({ sql }: WriteTx, seals: readonly NewSeal[]): Promise<void> {
  const column = <Key extends keyof NewSeal>(key: Key) => seals.map((seal) => seal[key])
  await sql`select log.append_audit_seals(
    ${column('companyId')}::int[], ${column('sequence')}::int[], ${column('entryId')}::bigint[],
    ${column('tx')}::text[], ${seals.map(({ hash }) => hash.toString('hex'))}::text[])`
}

/** A company's seals after one of them, in order, with their entries. */
export async function findSealed(
  tx: Tx,
  { companyId, after, limit }: { companyId: number; after: number; limit: number },
): Promise<SealAndEntry[]> {
  const rows = await tx.sql<(ChainHead & { entryId: number; found: boolean } & SealedEntry)[]>`
    select s.sequence, s.hash, s.entry_id as "entryId", e.id is not null as found, ${ENTRY(tx)}
    from log.audit_seals s left join log.audit_entries e on e.id = s.entry_id
    where s.company_id = ${companyId} and s.sequence > ${after}
    order by s.sequence limit ${limit}`
  return rows.map(({ sequence, hash, entryId, found, ...entry }) => ({
    companyId,
    sequence,
    hash,
    entryId,
    entry: found ? entry : null,
  }))
}

/** Entries that lie among the sealed ones and have no seal: nobody but a forger puts them there. */
export async function findUnsealedAmongSealed({ sql }: Tx, companyId: number): Promise<number[]> {
  const rows = await sql<{ id: number }[]>`
    select e.id from log.audit_entries e
    where e.company_id = ${companyId}
      and (e.tx, e.id) < (select s.tx, s.entry_id from log.audit_seals s order by s.tx desc, s.entry_id desc limit 1)
      and not exists (select from log.audit_seals s where s.entry_id = e.id)
    order by e.tx, e.id limit 100`
  return rows.map(({ id }) => id)
}

/** The companies that have entries or seals, in ascending order. */
export async function findAuditedCompanies({ sql }: Tx): Promise<number[]> {
  const rows = await sql<{ id: number }[]>`
    select company_id as id from log.audit_entries union select company_id from log.audit_seals order by id`
  return rows.map(({ id }) => id)
}

/** What waits for its seal: how many entries, and the age of the oldest in seconds. */
export async function findUnsealedTail(
  { sql }: Tx,
  companyId: number,
): Promise<{ readonly entries: number; readonly oldestSeconds: number }> {
  const [row] = await sql<{ entries: number; oldestSeconds: number }[]>`
    select count(*)::int as entries, coalesce(extract(epoch from now() - min(e.at)), 0)::float8 as "oldestSeconds"
    from log.audit_entries e
    where e.company_id = ${companyId}
      and not exists (select from log.audit_seals s where (s.tx, s.entry_id) >= (e.tx, e.id))`
  return row ?? { entries: 0, oldestSeconds: 0 }
}

import type { Tx, WriteTx } from '@arv/database'
import { erasures } from '@arv/drizzle/schema/leaving'
import { eq } from 'drizzle-orm'

export type CompanyErasure = typeof erasures.$inferSelect

/** Needs the platform's role. */
export async function findErasure(tx: Tx, companyId: number): Promise<CompanyErasure | null> {
  const [erasure] = await tx.drizzle.select().from(erasures).where(eq(erasures.companyId, companyId))
  return erasure ?? null
}

/** Writes down that the company being changed is to be erased, and by whom; once. */
export async function beginErasure({ sql }: WriteTx, slug: string): Promise<void> {
  await sql`select leaving.begin_erasure(${slug})`
}

/** What of the log of the company being erased was removed, up to so many entries and so many events. */
export async function eraseLog(
  { sql }: WriteTx,
  atMost: number,
): Promise<{ readonly 'log.audit_entries': number; readonly 'log.events': number }> {
  const [row] = await sql<{ entries: number; events: number }[]>`
    select entries, events from leaving.erase_log(${atMost})`
  return { 'log.audit_entries': row?.entries ?? 0, 'log.events': row?.events ?? 0 }
}

/** @throws PostgresError of a foreign key while anything still belongs to the company */
export async function eraseCompanyRow({ sql }: WriteTx, companyId: number): Promise<void> {
  await sql`delete from tenancy.companies where id = ${companyId} and erased_at is not null`
}

export async function finishErasure({ sql }: WriteTx): Promise<void> {
  await sql`select leaving.finish_erasure()`
}

import type { Tx, WriteTx } from '@arv/database'

/** Bytes of one GB of a company's quota. */
const GB = 2 ** 30

/** What of a company's quota is taken, by files and by reservations. */
export interface Quota {
  readonly quotaBytes: number
  readonly takenBytes: number
}

/** Holds the company's usage until the transaction ends: whoever changes it comes here first, so nobody deadlocks. */
export async function lockQuota(tx: WriteTx, companyId: number): Promise<Quota | null> {
  const [row] = await tx.sql<{ quotaGb: number; used: number; reserved: number }[]>`
    select c.storage_quota_gb as "quotaGb", u.used_bytes as used, u.reserved_bytes as reserved
    from media.storage_usage u join tenancy.companies c on c.id = u.company_id
    where u.company_id = ${companyId}
    for update of u`
  return row ? { quotaBytes: row.quotaGb * GB, takenBytes: row.used + row.reserved } : null
}

/** Adds to a reservation, and makes it if there is none; it lasts for an hour from now. Needs `lockQuota`. */
export async function addReservation(
  tx: WriteTx,
  { id, companyId, bytes }: { id: string; companyId: number; bytes: number },
): Promise<void> {
  await tx.sql`
    insert into media.storage_reservations as r (id, company_id, bytes, expires_at)
    values (${id}, ${companyId}, ${bytes}, now() + interval '1 hour')
    on conflict (id) do update set bytes = r.bytes + excluded.bytes, expires_at = excluded.expires_at`
  await tx.sql`
    update media.storage_usage set reserved_bytes = reserved_bytes + ${bytes}, updated_at = now()
    where company_id = ${companyId}`
}

/** Gives a reservation back, if it is still there. Needs `lockQuota`. */
export async function removeReservation(tx: WriteTx, companyId: number, id: string): Promise<void> {
  const [removed] = await tx.sql<{ bytes: number }[]>`
    delete from media.storage_reservations where company_id = ${companyId} and id = ${id} returning bytes`
  if (!removed) return
  await tx.sql`
    update media.storage_usage set reserved_bytes = reserved_bytes - ${removed.bytes}, updated_at = now()
    where company_id = ${companyId}`
}

/**
 * Counts files that were stored, or, with a negative number, removed.
 *
 * @returns what of the quota is used then, without reservations; null when the company has no storage
 */
export async function addUsedBytes(tx: WriteTx, companyId: number, bytes: number): Promise<Quota | null> {
  const [row] = await tx.sql<{ quotaGb: number; used: number }[]>`
    update media.storage_usage u set used_bytes = used_bytes + ${bytes}, updated_at = now()
    from tenancy.companies c
    where u.company_id = ${companyId} and c.id = u.company_id
    returning c.storage_quota_gb as "quotaGb", u.used_bytes as used`
  return row ? { quotaBytes: row.quotaGb * GB, takenBytes: row.used } : null
}

export async function findExpiredReservations(tx: Tx): Promise<{ id: string; companyId: number }[]> {
  const rows = await tx.sql<{ id: string; companyId: number }[]>`
    select id, company_id as "companyId" from media.storage_reservations where expires_at <= now()`
  return [...rows]
}

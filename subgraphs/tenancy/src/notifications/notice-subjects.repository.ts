import type { Tx } from '@arv/database'
import type { Reader } from './notification-text.ts'

/** What texts speak of, read from the rows of whoever owns it. */

export async function findReader(tx: Tx, companyId: number): Promise<Reader | undefined> {
  const [row] = await tx.sql<Reader[]>`
    select name as "companyName", time_zone as "timeZone" from tenancy.companies where id = ${companyId}`
  return row
}

export interface ToldContent {
  readonly id: number
  readonly projectId: number
  readonly title: string
}

export async function findContent(tx: Tx, companyId: number, id: number): Promise<ToldContent | undefined> {
  const [row] = await tx.sql<ToldContent[]>`
    select id, project_id as "projectId", title from content.ar_contents
    where company_id = ${companyId} and id = ${id} and deleted_at is null`
  return row
}

export async function findQuota(
  tx: Tx,
  companyId: number,
): Promise<{ usedBytes: number; quotaGb: number } | undefined> {
  const [row] = await tx.sql<{ usedBytes: number; quotaGb: number }[]>`
    select u.used_bytes as "usedBytes", c.storage_quota_gb as "quotaGb"
    from media.storage_usage u join tenancy.companies c on c.id = u.company_id
    where u.company_id = ${companyId}`
  return row && { ...row }
}

export async function findConnectionName(tx: Tx, id: number): Promise<string | undefined> {
  const [row] = await tx.sql<{ name: string }[]>`
    select name from media.storage_connections where id = ${id}`
  return row?.name
}

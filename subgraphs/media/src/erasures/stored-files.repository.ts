import type { Tx, WriteTx } from '@arv/database'
import { storageConnections, storageUsage } from '@arv/drizzle/schema/media'
import { eq, sql } from 'drizzle-orm'
import {
  connectionColumns,
  type StorageConnection,
} from '../storage-connections/storage-connections.repository.ts'

/** A company's folder in one of the storages that it has files in. */
export interface Place {
  readonly storagePath: string
  readonly connection: StorageConnection
}

/** None when its files were removed before. */
export function findPlaces(tx: Tx, companyId: number): Promise<Place[]> {
  return tx.drizzle
    .select({ storagePath: storageUsage.storagePath, connection: connectionColumns })
    .from(storageUsage)
    .innerJoin(
      storageConnections,
      sql`${storageConnections.id} = ${storageUsage.storageConnectionId}
        or ${storageConnections.id} in (select a.storage_connection_id from media.assets a where a.company_id = ${companyId})
        or ${storageConnections.id} in (select e.storage_connection_id from media.company_exports e where e.company_id = ${companyId})`,
    )
    .where(eq(storageUsage.companyId, companyId))
}

/** What writers left behind that can't come back: they are over time. Their files go with the folders. */
export async function forgetLateFiles({ sql: run }: WriteTx, companyId: number): Promise<void> {
  await run`
    delete from media.unsettled_files
    where company_id = ${companyId} and remove_after <= now() - interval '1 minute'`
  await run`delete from media.storage_reservations where company_id = ${companyId} and expires_at <= now()`
}

/** Whether nobody writes a file of the company. */
export async function isQuiet({ sql: run }: Tx, companyId: number): Promise<boolean> {
  const [row] = await run<{ isQuiet: boolean }[]>`
    select not exists (select from media.unsettled_files where company_id = ${companyId})
      and not exists (select from media.storage_reservations where company_id = ${companyId}) as "isQuiet"`
  return row?.isQuiet ?? false
}

/** False when somebody has announced, or even settled, a file meanwhile. */
export async function eraseUsage({ sql: run }: WriteTx, companyId: number): Promise<boolean> {
  await run`select from media.storage_usage where company_id = ${companyId} for update`
  const [row] = await run<{ isEmpty: boolean }[]>`
    select not exists (select from media.unsettled_files where company_id = ${companyId})
      and not exists (select from media.storage_reservations where company_id = ${companyId})
      and not exists (select from media.assets where company_id = ${companyId}) as "isEmpty"`
  if (row?.isEmpty !== true) return false
  await run`delete from media.storage_usage where company_id = ${companyId}`
  return true
}

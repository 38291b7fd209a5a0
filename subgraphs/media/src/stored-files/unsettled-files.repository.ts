import type { Tx, WriteTx } from '@arv/database'

/** A file in a storage that no asset's row speaks of: it is being written, or its row is gone. */
export interface UnsettledFile {
  readonly id: string
  readonly companyId: number
  readonly storageConnectionId: number
  readonly path: string
}

/** Names files that are about to be written, or whose rows are about to be deleted (`lifetimeSeconds: 0`). */
export async function announceFiles(
  tx: WriteTx,
  files: readonly Omit<UnsettledFile, 'id'>[],
  lifetimeSeconds: number,
): Promise<UnsettledFile[]> {
  const rows = files.map((file) => ({
    company_id: file.companyId,
    storage_connection_id: file.storageConnectionId,
    path: file.path,
  }))
  const announced = await tx.sql<UnsettledFile[]>`
    insert into media.unsettled_files (company_id, storage_connection_id, path, remove_after)
    select company_id, storage_connection_id, path, now() + make_interval(secs => ${lifetimeSeconds})
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as file (company_id int, storage_connection_id int, path text)
    returning id, company_id as "companyId", storage_connection_id as "storageConnectionId", path`
  return [...announced]
}

/**
 * Takes files' names away, because rows speak of them now.
 *
 * @throws Error when the files took so long that a sweep may have removed them already
 */
export async function settleFiles(tx: WriteTx, ids: readonly string[]): Promise<void> {
  const settled = await tx.sql`
    delete from media.unsettled_files where id = any (${[...ids]}::uuid[]) and remove_after > now()`
  if (settled.count !== ids.length) throw new Error('Storing the files took longer than it may.')
}

/** Which of the files still have no row; waits for a transaction that is about to give them one. */
export async function lockUnsettled(tx: WriteTx, ids: readonly string[]): Promise<UnsettledFile[]> {
  const rows = await tx.sql<UnsettledFile[]>`
    select id, company_id as "companyId", storage_connection_id as "storageConnectionId", path
    from media.unsettled_files where id = any (${[...ids]}::uuid[])
    for update`
  return [...rows]
}

/**
 * Files whose writer is gone, a batch of them. `settleFiles` compares with the start of its transaction, so the
 * minute lets one that began in time come to its end.
 */
export async function findOverdue(tx: Tx): Promise<UnsettledFile[]> {
  const rows = await tx.sql<UnsettledFile[]>`
    select id, company_id as "companyId", storage_connection_id as "storageConnectionId", path
    from media.unsettled_files where remove_after <= now() - interval '1 minute' order by remove_after limit 500`
  return [...rows]
}

/** Forgets files that are removed. */
export async function forgetFiles(tx: WriteTx, ids: readonly string[]): Promise<void> {
  await tx.sql`delete from media.unsettled_files where id = any (${[...ids]}::uuid[])`
}

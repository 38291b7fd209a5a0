import type { Tx } from '@arv/database'
import { assets } from '@arv/drizzle/schema/media'
import { and, eq, inArray } from 'drizzle-orm'
import type { UsableFile } from './file-error.ts'

/** A company's file, as far as it matters here; media owns the rest. */
export async function findFile(tx: Tx, companyId: number, id: number): Promise<UsableFile | null> {
  const [file] = await findFiles(tx, companyId, [id])
  return file ?? null
}

/** Those of the files that are the company's, in no order. */
export function findFiles(tx: Tx, companyId: number, ids: readonly number[]): Promise<UsableFile[]> {
  return tx.drizzle
    .select({ id: assets.id, kind: assets.kind, status: assets.status })
    .from(assets)
    .where(and(eq(assets.companyId, companyId), inArray(assets.id, [...ids])))
}

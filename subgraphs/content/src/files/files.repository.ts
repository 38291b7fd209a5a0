import type { Tx } from '@arv/database'
import { assets } from '@arv/drizzle/schema/media'
import { and, eq } from 'drizzle-orm'
import type { UsableFile } from './file-error.ts'

/** A company's file, as far as it matters here; media owns the rest. */
export async function findFile(tx: Tx, companyId: number, id: number): Promise<UsableFile | null> {
  const [row] = await tx.drizzle
    .select({ id: assets.id, kind: assets.kind, status: assets.status })
    .from(assets)
    .where(and(eq(assets.companyId, companyId), eq(assets.id, id)))
  return row ?? null
}

import type { Tx } from '@arv/database'
import { portraits } from '@arv/drizzle/schema/content'
import { and, inArray } from 'drizzle-orm'
import { inCompanies, type VisibleCompanies } from '../companies.repository.ts'

export type Portrait = typeof portraits.$inferSelect

export async function findPortraits(
  tx: Tx,
  ids: readonly number[],
  visible: VisibleCompanies,
): Promise<Portrait[]> {
  return tx.drizzle
    .select()
    .from(portraits)
    .where(and(inArray(portraits.id, [...ids]), inCompanies(portraits.companyId, visible)))
}

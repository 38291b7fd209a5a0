import { type Database, platform } from '@arv/database'
import { FIRST_LINK, sealHash } from './audit-chain.ts'
import { appendSeals, findHeads, findUnsealed, type NewSeal, takeSealing } from './audit-store.ts'

const SEALER = platform({ kind: 'job', name: 'audit-sealer' })
const BATCH = 1_000

/**
 * Seals the entries of all companies that can be sealed now, a batch a transaction; answers how many. One seals at a
 * time: whoever comes second goes away with 0.
 *
 * @param database tenancy's: no other subgraph may append seals
 */
export async function sealAuditLog(database: Database, signal?: AbortSignal): Promise<number> {
  let sealed = 0
  while (signal?.aborted !== true) {
    const count = await sealBatch(database)
    sealed += count
    if (count < BATCH) break
  }
  return sealed
}

function sealBatch(database: Database): Promise<number> {
  return database.write(SEALER, async (tx) => {
    if (!(await takeSealing(tx))) return 0
    const entries = await findUnsealed(tx, BATCH)
    if (entries.length === 0) return 0
    const heads = new Map(
      (await findHeads(tx, [...new Set(entries.map(({ companyId }) => companyId))])).map((head) => [
        head.companyId,
        head,
      ]),
    )
    const seals = entries.map((entry): NewSeal => {
      const { companyId } = entry
      const head = heads.get(companyId) ?? { companyId, sequence: 0, hash: FIRST_LINK }
      const hash = sealHash(head.hash, entry)
      const seal = { companyId, sequence: head.sequence + 1, hash, entryId: entry.id, tx: entry.tx }
      heads.set(companyId, seal)
      return seal
    })
    await appendSeals(tx, seals)
    return seals.length
  })
}

import { randomUUID } from 'node:crypto'
import type { Database, Tenant } from '@arv/database'
import { limitReached } from '@arv/subgraph'
import { Refusal } from '../refusal.ts'
import { addReservation, lockQuota, removeReservation, type Quota } from './storage-quotas.repository.ts'

/** Room in a company's quota for a file whose size nobody knows yet. */
export interface Reservation {
  readonly id: string
  /**
   * Makes sure that at least `bytes` are reserved in all.
   *
   * @throws Refusal LIMIT_REACHED on `file` when the quota has no room for them
   */
  cover(bytes: number): Promise<void>
  /** Gives everything back; nothing once the reservation was settled. */
  release(): Promise<void>
}

/** A large file is reserved for ahead of its bytes, so that not every piece of it costs a transaction. */
const MAX_AHEAD_BYTES = 8 * 2 ** 20

/** Reserves nothing yet. What it reserves is swept after an hour in which nothing was added. */
export function createReservation(
  database: Database,
  tenant: Tenant,
  { companyId, field }: { companyId: number; field: string },
): Reservation {
  const id = randomUUID()
  let held = 0
  return {
    id,
    async cover(bytes) {
      const missing = bytes - held
      if (missing <= 0) return
      held += await database.write(tenant, async (tx) => {
        const quota = await lockQuota(tx, companyId)
        const granted = quota === null ? 0 : grant(quota, missing, aheadOf(held, missing))
        if (granted > 0) await addReservation(tx, { id, companyId, bytes: granted })
        return granted
      })
      if (held < bytes) throw new Refusal(limitReached(field, 'The company has no room left for this file.'))
    },
    async release() {
      if (held === 0) return
      await database.write(tenant, async (tx) => {
        await lockQuota(tx, companyId)
        await removeReservation(tx, companyId, id)
      })
    },
  }
}

/** A small file reserves what it takes and no more; one that goes on reserves as much again as it has. */
function aheadOf(held: number, missing: number): number {
  return missing + Math.min(held, MAX_AHEAD_BYTES)
}

/** How much of `wished` there is room for; 0 if not even for `needed`. */
export function grant({ quotaBytes, takenBytes }: Quota, needed: number, wished: number): number {
  const left = quotaBytes - takenBytes
  return left < needed ? 0 : Math.min(wished, left)
}

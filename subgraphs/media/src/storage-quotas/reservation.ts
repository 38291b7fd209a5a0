import { randomUUID } from 'node:crypto'
import type { Database, Tenant } from '@arv/database'
import type { JobSender } from '@arv/jobs'
import { limitReached } from '@arv/subgraph'
import { MB } from '../limits.ts'
import { Refusal } from '../refusal.ts'
import { isNearlyFull, tellOfQuota } from './quota-notice.ts'
import { addReservation, lockQuota, removeReservation, type Quota } from './storage-quotas.repository.ts'

/** Room in a company's quota for a file whose size nobody knows yet. */
export interface Reservation {
  readonly id: string
  /**
   * Makes sure that at least `bytes` are reserved in all.
   *
   * @throws Refusal LIMIT_REACHED when the quota has no room for them
   */
  cover(bytes: number): Promise<void>
  /** The same for bytes that others may follow: a large file is reserved for ahead, so that not every piece costs a transaction. */
  coverComing(bytes: number): Promise<void>
  /** Gives everything back; nothing once the reservation was settled. */
  release(): Promise<void>
}

const MAX_AHEAD_BYTES = 8 * MB

/** Reserves nothing yet. What it reserves is swept after an hour in which nothing was added. */
export function createReservation(
  { database, jobs }: { readonly database: Database; readonly jobs: JobSender },
  tenant: Tenant,
  { companyId, field }: { companyId: number; field: string },
): Reservation {
  const id = randomUUID()
  let held = 0

  async function cover(bytes: number, ahead: number): Promise<void> {
    const missing = bytes - held
    if (missing <= 0) return
    const granted = await database.write(tenant, async (tx) => {
      const quota = await lockQuota(tx, companyId)
      const room = quota === null ? 0 : grant(quota, missing, missing + ahead)
      if (room > 0) await addReservation(tx, { id, companyId, bytes: room })
      else if (quota && isNearlyFull(quota)) await tellOfQuota(tx, jobs, companyId, 100)
      return room
    })
    if (granted === 0) throw new Refusal(limitReached(field, 'The company has no room left for this file.'))
    held += granted
  }

  return {
    id,
    cover: (bytes) => cover(bytes, 0),
    // As much again as it has: the first piece, and with it every small file, reserves what it takes and no more.
    coverComing: (bytes) => cover(bytes, Math.min(held, MAX_AHEAD_BYTES)),
    async release() {
      if (held === 0) return
      await database.write(tenant, async (tx) => {
        await lockQuota(tx, companyId)
        await removeReservation(tx, companyId, id)
      })
    },
  }
}

/** How much of `wished` there is room for; 0 if not even for `needed`. */
export function grant({ quotaBytes, takenBytes }: Quota, needed: number, wished: number): number {
  const left = quotaBytes - takenBytes
  return left < needed ? 0 : Math.min(wished, left)
}

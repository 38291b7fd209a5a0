import type { WriteTx } from '@arv/database'
import type { JobSender } from '@arv/jobs'
import type { Quota } from './storage-quotas.repository.ts'

/** Of what part of their quota companies are told, in percent. */
const STEPS = [100, 80, 50] as const

export type QuotaStep = (typeof STEPS)[number]

/** A company whose file was refused is told that its storage is full, unless there is much room and the file was huge. */
const NEARLY_FULL = 0.8

/** The highest step that came with these bytes, the last ones taken; null for none. */
export function reachedStep({ quotaBytes, takenBytes }: Quota, bytes: number): QuotaStep | null {
  const isReached = (step: QuotaStep, taken: number) => taken >= (quotaBytes * step) / 100
  return STEPS.find((step) => isReached(step, takenBytes) && !isReached(step, takenBytes - bytes)) ?? null
}

export function isNearlyFull({ quotaBytes, takenBytes }: Quota): boolean {
  return takenBytes >= quotaBytes * NEARLY_FULL
}

/** Has a company told of its quota; once in a day, however often this is called. */
export async function tellOfQuota(
  tx: WriteTx,
  jobs: JobSender,
  companyId: number,
  percent: QuotaStep,
): Promise<void> {
  const [clock] = await tx.sql<{ now: Date }[]>`select now()`
  if (!clock) throw new Error('the database has no clock')
  await jobs.send(tx, 'notification.raise', {
    type: 'QUOTA_REACHED',
    companyId,
    percent,
    at: clock.now.toISOString(),
  })
}

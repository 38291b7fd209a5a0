import type { WriteTx } from '@arv/database'
import type { JobSender } from '@arv/jobs'
import { reachedStep, tellOfQuota } from './quota-notice.ts'
import { addUsedBytes } from './storage-quotas.repository.ts'

/** Counts files that were stored, and has the company told when they fill its storage. Needs `lockQuota`. */
export async function useStorage(
  tx: WriteTx,
  jobs: JobSender,
  companyId: number,
  bytes: number,
): Promise<void> {
  const used = await addUsedBytes(tx, companyId, bytes)
  const step = used && reachedStep(used, bytes)
  if (step) await tellOfQuota(tx, jobs, companyId, step)
}

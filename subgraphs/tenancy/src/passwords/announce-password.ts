import type { WriteTx } from '@arv/database'
import type { Caller } from '@arv/identity'
import type { TenancyDeps } from '../tenancy-deps.ts'

interface NewPassword {
  readonly userId: number
  /** The company that the transaction names, for events have one; undefined while there is none at all. */
  readonly companyId: number | undefined
  readonly how: string
}

/**
 * Tells gateways that sessions have ended, and the log: a person's password is no company's business, so it is in no
 * company's audit log.
 */
export async function announcePassword(
  tx: WriteTx,
  { events, logger }: Pick<TenancyDeps, 'events' | 'logger'>,
  { requestId }: Caller,
  { userId, companyId, how }: NewPassword,
): Promise<void> {
  if (companyId !== undefined) {
    await events.append(tx, { type: 'principal.changed', subject: { type: 'user', id: userId }, payload: {} })
  }
  tx.afterCommit(() => logger.info({ userId, requestId, how }, 'a password was changed'))
}

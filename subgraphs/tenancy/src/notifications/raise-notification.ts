import type { WriteTx } from '@arv/database'
import type { JobSender } from '@arv/jobs'
import { CHANNELS } from './delivery.ts'
import { insertDeliveries } from './deliveries.repository.ts'
import { insertNotification, type NewNotification } from './notifications.repository.ts'

/**
 * Tells a company something, by every channel, unless it was told of the same cause before.
 *
 * @returns whether it was not
 */
export async function raiseNotification(
  tx: WriteTx,
  jobs: JobSender,
  notification: NewNotification,
): Promise<boolean> {
  const raised = await insertNotification(tx, notification)
  if (!raised) return false
  const { companyId, id: notificationId } = raised
  await insertDeliveries(tx, companyId, notificationId)
  for (const channel of CHANNELS) {
    await jobs.send(tx, 'notification.deliver', { companyId, notificationId, channel })
  }
  return true
}

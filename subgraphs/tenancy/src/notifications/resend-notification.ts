import { appendAudit } from '@arv/events'
import type { Caller } from '@arv/identity'
import { fromGlobalId } from '@arv/relay'
import { conflict, failure, type Failure, limitReached, notFound } from '@arv/subgraph'
import { actorOf, changeCompany } from '@arv/subgraph/access'
import { readAsCaller } from '../read-as-caller.ts'
import type { TenancyDeps } from '../tenancy-deps.ts'
import { type Delivery, lockDeliveries, markChatBlocked, saveDelivery } from './deliveries.repository.ts'
import { findNotifications, type Notification } from './notifications.repository.ts'

export interface ResentNotification {
  readonly notification: Notification
  readonly userErrors: []
}

/** How long after the beginning of an attempt nobody may ask for another. */
const PAUSE_MS = 60_000

/**
 * Sends a notification once more: by the channels that have not taken it, or, when all that could have, by all. A
 * Telegram chat that did not let us write is tried again, too.
 */
export async function resendNotification(
  { database, jobs }: Pick<TenancyDeps, 'database' | 'jobs'>,
  caller: Caller,
  id: string,
): Promise<ResentNotification | Failure> {
  actorOf(caller)
  const missing = notFound('id', 'notification')
  const notificationId = fromGlobalId('Notification', id)
  const [notification] = await readAsCaller(database, caller, async (tx, tenant) =>
    notificationId === null ? [] : findNotifications(tx, tenant, [notificationId]),
  )
  if (!notification) return failure(missing)
  const { companyId } = notification
  const change = { companyId, action: 'resendNotification', missing } as const
  return changeCompany<ResentNotification | Failure>(database, caller, change, async (tx) => {
    const deliveries = await lockDeliveries(tx, { companyId, notificationId: notification.id })
    if (deliveries.some(({ sendingSince }) => sendingSince !== null)) return IS_BEING_SENT
    if (deliveries.some(({ startedAt, readAt }) => readAt.getTime() - startedAt.getTime() < PAUSE_MS)) {
      return TOO_SOON
    }
    const wanted = toSendAgain(deliveries)
    for (const { channel, readAt } of wanted) {
      const key = { companyId, notificationId: notification.id, channel }
      await saveDelivery(tx, key, {
        state: 'WAITING',
        attempts: 0,
        startedAt: readAt,
        nextAttemptAt: readAt,
        inDoubt: false,
        error: null,
      })
      if (channel === 'TELEGRAM') await markChatBlocked(tx, companyId, null)
      await jobs.send(tx, 'notification.deliver', key)
    }
    await appendAudit(tx, {
      action: 'notification.resend',
      entityType: 'Notification',
      entityId: notification.id,
      changes: { channels: wanted.map(({ channel }) => channel) },
    })
    return { notification, userErrors: [] }
  })
}

function toSendAgain(deliveries: readonly Delivery[]): readonly Delivery[] {
  const missed = deliveries.filter(({ state }) => state === 'FAILED' || state === 'WAITING')
  return missed.length > 0 ? missed : deliveries
}

const IS_BEING_SENT = failure(conflict('id', 'The notification is being sent at this moment.'))
const TOO_SOON = failure(
  limitReached('id', 'Less than a minute has passed since it was last tried: wait a little.'),
)

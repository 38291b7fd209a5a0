import type { Database } from '@arv/database'
import type { Caller } from '@arv/identity'
import { readAsCaller } from '../read-as-caller.ts'
import { createGroupLoader, createRowLoader, type GroupLoader, type RowLoader } from '../row-loaders.ts'
import { type Delivery, findDeliveries } from './deliveries.repository.ts'
import { findNotifications, type Notification } from './notifications.repository.ts'

export interface NotificationLoaders {
  readonly notifications: RowLoader<Notification>
  /** By the id of the notification. */
  readonly deliveries: GroupLoader<Delivery>
}

export function createNotificationLoaders(database: Database, caller: Caller): NotificationLoaders {
  return {
    notifications: createRowLoader((ids) =>
      readAsCaller(database, caller, (tx, tenant) => findNotifications(tx, tenant, ids)),
    ),
    deliveries: createGroupLoader(
      (ids) => readAsCaller(database, caller, (tx, tenant) => findDeliveries(tx, tenant, ids)),
      ({ notificationId }) => notificationId,
    ),
  }
}

import type { Database } from '@arv/database'
import type { Caller } from '@arv/identity'
import { type Connection, fromGlobalId, type Page, type PageArgs } from '@arv/relay'
import { requirePage } from '@arv/subgraph'
import { type CompanyPages, createCompanyPages } from '../company-lists.ts'
import {
  countNotifications,
  findNotificationPages,
  type Notification,
  type NotificationCriteria,
} from './notifications.repository.ts'

export type NotificationConnection = Connection<Notification>

/** As the API says it. */
interface NotificationFilter {
  readonly notificationType?: Notification['notificationType'] | null | undefined
  readonly projectId?: string | null | undefined
  readonly failed?: boolean | null | undefined
}

interface NotificationListArgs extends PageArgs {
  readonly filter?: NotificationFilter | null | undefined
}

export type NotificationPages = CompanyPages<NotificationListArgs, Notification>

const LATEST_FIRST = { key: 'CREATED_AT', direction: 'desc', type: 'timestamp' } as const
/** An id that no row has: a project that is not there has no notifications. */
const NO_ROW = 0

export function createNotificationPages(database: Database, caller: Caller): NotificationPages {
  return createCompanyPages(database, caller, {
    read: ({ filter, ...args }: NotificationListArgs) => ({
      page: requirePage(args, LATEST_FIRST),
      criteria: readCriteria(filter ?? {}),
    }),
    find: (tx, companyIds, { criteria, page }: { criteria: NotificationCriteria; page: Page }) =>
      findNotificationPages(tx, companyIds, criteria, page),
    count: (tx, companyIds, { criteria }) => countNotifications(tx, companyIds, criteria),
    positionOf: ({ sort, id }) => ({ sort, id }),
  })
}

function readCriteria({ notificationType, projectId, failed }: NotificationFilter): NotificationCriteria {
  return {
    notificationType,
    failed,
    ...(projectId != null && { projectId: fromGlobalId('Project', projectId) ?? NO_ROW }),
  }
}

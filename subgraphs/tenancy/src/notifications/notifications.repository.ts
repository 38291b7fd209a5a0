import type { Tenant, Tx, WriteTx } from '@arv/database'
import { companies, notificationDeliveries, notifications } from '@arv/drizzle/schema/tenancy'
import type { Page } from '@arv/relay'
import { drizzleKeyset } from '@arv/relay/drizzle'
import { and, count, eq, exists, not, type SQL, sql } from 'drizzle-orm'
import { isOneOf, ofTenant } from '../visible-rows.repository.ts'

export type Notification = typeof notifications.$inferSelect

export type NewNotification = typeof notifications.$inferInsert & { readonly cause: string }

/** Which notifications are wanted. */
export interface NotificationCriteria {
  readonly notificationType?: Notification['notificationType'] | null | undefined
  readonly projectId?: number | undefined
  readonly failed?: boolean | null | undefined
}

/** Undefined when the company was told of this cause before. */
export async function insertNotification(
  tx: WriteTx,
  notification: NewNotification,
): Promise<Notification | undefined> {
  const [inserted] = await tx.drizzle
    .insert(notifications)
    .values(notification)
    .onConflictDoNothing({ target: [notifications.companyId, notifications.cause] })
    .returning()
  return inserted
}

/** Those of the causes, each of its company, that were told of before. */
export function findKnownCauses(
  tx: Tx,
  companyIds: readonly number[],
  causes: readonly string[],
): Promise<{ companyId: number; cause: string | null }[]> {
  return tx.drizzle
    .select({ companyId: notifications.companyId, cause: notifications.cause })
    .from(notifications)
    .where(
      and(
        isOneOf(notifications.companyId, companyIds),
        sql`${notifications.cause} = any(${sql.param(causes)}::text[])`,
      ),
    )
}

export function findNotifications(tx: Tx, tenant: Tenant, ids: readonly number[]): Promise<Notification[]> {
  return tx.drizzle
    .select()
    .from(notifications)
    .where(and(isOneOf(notifications.id, ids), ofTenant(notifications.companyId, tenant)))
}

/** The same page of each company's notifications, in one query; within a company in the order of the page. */
export async function findNotificationPages(
  tx: Tx,
  companyIds: readonly number[],
  criteria: NotificationCriteria,
  page: Page,
) {
  const keyset = drizzleKeyset(page, { sort: notifications.createdAt, id: notifications.id })
  const company = tx.drizzle
    .select({ id: companies.id })
    .from(companies)
    .where(isOneOf(companies.id, companyIds))
    .as('company')
  const found = tx.drizzle
    .select({
      id: notifications.id,
      companyId: notifications.companyId,
      projectId: notifications.projectId,
      contentId: notifications.contentId,
      cause: notifications.cause,
      notificationType: notifications.notificationType,
      subject: notifications.subject,
      message: notifications.message,
      metadata: notifications.metadata,
      createdAt: notifications.createdAt,
      sort: keyset.sortValue.as('sort'),
      place: sql<number>`row_number() over (order by ${sql.join(keyset.orderBy, sql`, `)})`.as('place'),
    })
    .from(notifications)
    .where(and(eq(notifications.companyId, company.id), matching(tx, criteria), keyset.where))
    .orderBy(...keyset.orderBy)
    .limit(keyset.limit)
    .as('found')
  const rows = await tx.drizzle
    .select()
    .from(company)
    .crossJoinLateral(found)
    .orderBy(company.id, found.place)
  return rows.map((row) => row.found)
}

export function countNotifications(
  tx: Tx,
  companyIds: readonly number[],
  criteria: NotificationCriteria,
): Promise<{ companyId: number; count: number }[]> {
  return tx.drizzle
    .select({ companyId: notifications.companyId, count: count() })
    .from(notifications)
    .where(and(isOneOf(notifications.companyId, companyIds), matching(tx, criteria)))
    .groupBy(notifications.companyId)
}

function matching(tx: Tx, { notificationType, projectId, failed }: NotificationCriteria): SQL | undefined {
  const hasFailed = exists(
    tx.drizzle
      .select({ one: sql`1` })
      .from(notificationDeliveries)
      .where(
        and(
          eq(notificationDeliveries.companyId, notifications.companyId),
          eq(notificationDeliveries.notificationId, notifications.id),
          eq(notificationDeliveries.state, 'FAILED'),
        ),
      ),
  )
  return and(
    notificationType == null ? undefined : eq(notifications.notificationType, notificationType),
    projectId === undefined ? undefined : eq(notifications.projectId, projectId),
    failed == null ? undefined : failed ? hasFailed : not(hasFailed),
  )
}

import type { Tenant, Tx, WriteTx } from '@arv/database'
import {
  companies,
  memberships,
  notificationDeliveries,
  notifications,
  users,
} from '@arv/drizzle/schema/tenancy'
import { and, asc, eq, getTableColumns } from 'drizzle-orm'
import { isOneOf, ofTenant, readInstant } from '../visible-rows.repository.ts'
import { CHANNELS, type Channel } from './delivery.ts'

const columns = {
  ...getTableColumns(notificationDeliveries),
  readAt: readInstant.mapWith(notificationDeliveries.startedAt).as('read_at'),
}

/** How a notification goes out by a channel, and the instant at which that was read. */
export type Delivery = typeof notificationDeliveries.$inferSelect & { readonly readAt: Date }

export interface DeliveryKey {
  readonly companyId: number
  readonly notificationId: number
  readonly channel: Channel
}

/** By every channel, to be tried at once. */
export async function insertDeliveries(
  tx: WriteTx,
  companyId: number,
  notificationId: number,
): Promise<void> {
  await tx.drizzle
    .insert(notificationDeliveries)
    .values(CHANNELS.map((channel) => ({ companyId, notificationId, channel })))
}

export function findDeliveries(
  tx: Tx,
  tenant: Tenant,
  notificationIds: readonly number[],
): Promise<Delivery[]> {
  return tx.drizzle
    .select(columns)
    .from(notificationDeliveries)
    .where(
      and(
        isOneOf(notificationDeliveries.notificationId, notificationIds),
        ofTenant(notificationDeliveries.companyId, tenant),
      ),
    )
}

/** The delivery, held until the transaction ends. */
export async function lockDelivery(tx: WriteTx, key: DeliveryKey): Promise<Delivery | undefined> {
  const [delivery] = await tx.drizzle
    .select(columns)
    .from(notificationDeliveries)
    .where(isDelivery(key))
    .for('update')
  return delivery
}

/** Those of one notification, held until the transaction ends. */
export function lockDeliveries(
  tx: WriteTx,
  { companyId, notificationId }: Omit<DeliveryKey, 'channel'>,
): Promise<Delivery[]> {
  return tx.drizzle
    .select(columns)
    .from(notificationDeliveries)
    .where(
      and(
        eq(notificationDeliveries.companyId, companyId),
        eq(notificationDeliveries.notificationId, notificationId),
      ),
    )
    .orderBy(asc(notificationDeliveries.channel))
    .for('update')
}

/** Changes a locked delivery. */
export async function saveDelivery(
  tx: WriteTx,
  key: DeliveryKey,
  changes: Partial<typeof notificationDeliveries.$inferInsert>,
): Promise<void> {
  await tx.drizzle.update(notificationDeliveries).set(changes).where(isDelivery(key))
}

/** What is sent, and what says where to. */
export interface Letter {
  readonly subject: string
  readonly message: string
  readonly contactEmail: string | null
  readonly telegramChatId: string | null
  readonly telegramBlockedChatId: string | null
}

export async function findLetter(
  tx: Tx,
  { companyId, notificationId }: Omit<DeliveryKey, 'channel'>,
): Promise<Letter | undefined> {
  const [letter] = await tx.drizzle
    .select({
      subject: notifications.subject,
      message: notifications.message,
      contactEmail: companies.contactEmail,
      telegramChatId: companies.telegramChatId,
      telegramBlockedChatId: companies.telegramBlockedChatId,
    })
    .from(notifications)
    .innerJoin(companies, eq(companies.id, notifications.companyId))
    .where(and(eq(notifications.companyId, companyId), eq(notifications.id, notificationId)))
  return letter
}

export async function findOwnerEmails(tx: Tx, companyId: number): Promise<string[]> {
  const rows = await tx.drizzle
    .select({ email: users.email })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(and(eq(memberships.companyId, companyId), eq(memberships.role, 'OWNER')))
    .orderBy(asc(users.id))
  return rows.map(({ email }) => email)
}

/** Writes down that a company was told of its project's end. No change of the project: its version stays. */
export async function markProjectTold(
  tx: WriteTx,
  { companyId, notificationId }: Omit<DeliveryKey, 'channel'>,
): Promise<void> {
  await tx.sql`
    update tenancy.projects p set last_notification_sent_at = now()
    from tenancy.notifications n
    where n.company_id = ${companyId} and n.id = ${notificationId}
      and n.notification_type in ('PROJECT_EXPIRING', 'PROJECT_EXPIRED')
      and p.company_id = n.company_id and p.id = n.project_id`
}

/** Writes down which chat does not let us write; null that none does. No change of the company: its version stays. */
export async function markChatBlocked(tx: WriteTx, companyId: number, chatId: string | null): Promise<void> {
  await tx.sql`update tenancy.companies set telegram_blocked_chat_id = ${chatId} where id = ${companyId}`
}

function isDelivery({ companyId, notificationId, channel }: DeliveryKey) {
  return and(
    eq(notificationDeliveries.companyId, companyId),
    eq(notificationDeliveries.notificationId, notificationId),
    eq(notificationDeliveries.channel, channel),
  )
}

import type { Tenant, Tx } from '@arv/database'
import { auditEntries } from '@arv/drizzle/schema/log'
import { companies } from '@arv/drizzle/schema/tenancy'
import type { Page } from '@arv/relay'
import { drizzleKeyset } from '@arv/relay/drizzle'
import { and, count, eq, like, or, sql } from 'drizzle-orm'
import { isOneOf, isWithin, ofTenant } from '../visible-rows.repository.ts'

export type AuditEntry = Omit<typeof auditEntries.$inferSelect, 'tx'>

const { tx: _tx, ...columns } = {
  id: auditEntries.id,
  tx: auditEntries.tx,
  companyId: auditEntries.companyId,
  at: auditEntries.at,
  actor: auditEntries.actor,
  action: auditEntries.action,
  entityType: auditEntries.entityType,
  entityId: auditEntries.entityId,
  changes: auditEntries.changes,
  entityVersion: auditEntries.entityVersion,
}

/** Which entries are wanted. */
export interface AuditCriteria {
  /** As the log names them: `user:7`, `key:3`. */
  readonly actor: string | null
  /** An action, or an entity's name for all of its actions. */
  readonly action: string | null
  readonly entityType: string | null
  readonly entityId: number | null
  readonly from: Date | null
  readonly until: Date | null
}

export function findAuditEntries(tx: Tx, tenant: Tenant, ids: readonly number[]): Promise<AuditEntry[]> {
  return tx.drizzle
    .select(columns)
    .from(auditEntries)
    .where(
      and(
        sql`${auditEntries.id} = any(${sql.param(ids)}::bigint[])`,
        ofTenant(auditEntries.companyId, tenant),
      ),
    )
}

export async function findAuditPages(
  tx: Tx,
  companyIds: readonly number[],
  criteria: AuditCriteria,
  page: Page,
): Promise<AuditEntry[]> {
  const keyset = drizzleKeyset(page, { sort: auditEntries.id, id: auditEntries.id })
  const company = tx.drizzle
    .select({ id: companies.id })
    .from(companies)
    .where(isOneOf(companies.id, companyIds))
    .as('company')
  const found = tx.drizzle
    .select({
      ...columns,
      place: sql<number>`row_number() over (order by ${sql.join(keyset.orderBy, sql`, `)})`.as('place'),
    })
    .from(auditEntries)
    .where(and(eq(auditEntries.companyId, company.id), matching(criteria), keyset.where))
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

export function countAuditEntries(
  tx: Tx,
  companyIds: readonly number[],
  criteria: AuditCriteria,
): Promise<{ companyId: number; count: number }[]> {
  return tx.drizzle
    .select({ companyId: auditEntries.companyId, count: count() })
    .from(auditEntries)
    .where(and(isOneOf(auditEntries.companyId, companyIds), matching(criteria)))
    .groupBy(auditEntries.companyId)
}

function matching({ actor, action, entityType, entityId, from, until }: AuditCriteria) {
  return and(
    actor === null ? undefined : eq(auditEntries.actor, actor),
    action === null
      ? undefined
      : or(eq(auditEntries.action, action), like(auditEntries.action, `${escaped(action)}.%`)),
    entityType === null ? undefined : eq(auditEntries.entityType, entityType),
    entityId === null ? undefined : eq(auditEntries.entityId, entityId),
    isWithin(auditEntries.at, { from, until }),
  )
}

function escaped(text: string): string {
  return text.replaceAll(/[\\%_]/g, String.raw`\$&`)
}

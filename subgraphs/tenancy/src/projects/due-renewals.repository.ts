import type { Tx, WriteTx } from '@arv/database'
import { companies, projects } from '@arv/drizzle/schema/tenancy'
import { and, asc, eq, gt, inArray, isNull, lte, type SQL, sql } from 'drizzle-orm'
import { readInstant } from '../visible-rows.repository.ts'
import { hasSubscriptionStatus } from '../companies/subscription-status.repository.ts'
import { type Project, projectColumns } from './projects.repository.ts'
import { isRenewable } from './project.ts'
import type { RenewalTerms } from './renewal.ts'

export interface DueRenewal {
  readonly id: number
  readonly companyId: number
}

/** How long before its end a project is renewed: longer than the job pauses, so that it is never expired meanwhile. */
const AHEAD = sql`interval '1 hour'`

/** Projects whose renewal is due, of companies that are in use and served, by id. */
export function findDueRenewals(tx: Tx, afterId: number, limit: number): Promise<DueRenewal[]> {
  return tx.drizzle
    .select({ id: projects.id, companyId: projects.companyId })
    .from(projects)
    .innerJoin(companies, eq(companies.id, projects.companyId))
    .where(and(gt(projects.id, afterId), isDue(), isServed()))
    .orderBy(asc(projects.id))
    .limit(limit)
}

export interface LockedRenewal {
  readonly project: Project
  readonly terms: RenewalTerms
  /** The new end is later than this. */
  readonly until: Date
}

/** Null when another worker is at it, or it is no longer due. */
export async function lockDueRenewal(
  tx: WriteTx,
  { id, companyId }: DueRenewal,
): Promise<LockedRenewal | null> {
  const [project] = await tx.drizzle
    .select(projectColumns)
    .from(projects)
    .where(and(eq(projects.companyId, companyId), eq(projects.id, id), isDue()))
    .for('update', { skipLocked: true })
  const [company] = await tx.drizzle
    .select({ timeZone: companies.timeZone, until: sql`now() + ${AHEAD}`.mapWith(companies.createdAt) })
    .from(companies)
    .where(and(eq(companies.id, companyId), isServed()))
  if (!project || !company) return null
  const { timeZone, until } = company
  const { subscriptionType, expiresAt } = project
  if (!isRenewable(subscriptionType) || expiresAt === null) return null
  const anchor = project.renewalAnchorAt ?? expiresAt
  return { project, terms: { subscriptionType, anchor, expiresAt, timeZone }, until }
}

function isDue(): SQL | undefined {
  return and(
    eq(projects.autoRenew, true),
    isNull(projects.archivedAt),
    inArray(projects.subscriptionType, ['MONTHLY', 'YEARLY']),
    lte(projects.expiresAt, sql`now() + ${AHEAD}`),
  )
}

/** Nobody renews what nobody would see. */
function isServed(): SQL | undefined {
  const isExpired = hasSubscriptionStatus('EXPIRED', readInstant)
  return and(eq(companies.isActive, true), sql`(${isExpired}) is not true`)
}

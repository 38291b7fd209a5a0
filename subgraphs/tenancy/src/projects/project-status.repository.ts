import { projects } from '@arv/drizzle/schema/tenancy'
import { and, gt, isNotNull, isNull, lte, or, type SQL, sql } from 'drizzle-orm'
import type { ProjectStatus } from './project-status.ts'

const { startsAt, expiresAt, archivedAt, notifyBeforeExpiryDays } = projects

/** `projectStatus` as a condition: the projects that have this status at an instant, which is SQL. */
export function hasStatus(status: ProjectStatus, instant: SQL): SQL | undefined {
  const live = isNull(archivedAt)
  const notExpired = or(isNull(expiresAt), gt(expiresAt, instant))
  const begun = or(isNull(startsAt), lte(startsAt, instant))
  // In hours: a day of an interval is a calendar day of the session's time zone.
  const noticeAt = sql`(${expiresAt} - make_interval(hours => 24 * ${notifyBeforeExpiryDays}))`
  switch (status) {
    case 'ARCHIVED':
      return isNotNull(archivedAt)
    case 'EXPIRED':
      return and(live, lte(expiresAt, instant))
    case 'SCHEDULED':
      return and(live, notExpired, gt(startsAt, instant))
    case 'EXPIRING':
      return and(live, begun, gt(expiresAt, instant), lte(noticeAt, instant))
    case 'ACTIVE':
      return and(live, begun, or(isNull(expiresAt), and(gt(expiresAt, instant), gt(noticeAt, instant))))
  }
}

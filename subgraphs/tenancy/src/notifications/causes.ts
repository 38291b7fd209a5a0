import type { Notice } from '@arv/jobs'
import { Temporal } from 'temporal-polyfill'
import type { ProjectTag, SubscriptionTag } from './due-stage.ts'

/**
 * What makes a notification the one about its occasion: a company has at most one of each. A project that is extended
 * ends at another moment, and a marker that is made anew is of another generation, so these are told of again.
 */
export function projectCause(projectId: number, expiresAt: Date, tag: ProjectTag): string {
  const type = tag === 'ended' ? 'PROJECT_EXPIRED' : 'PROJECT_EXPIRING'
  return `${type}:project ${projectId}:${expiresAt.toISOString()}:${tag}`
}

export function subscriptionCause(expiresAt: Date, tag: SubscriptionTag): string {
  const type = isOver(tag) ? 'SUBSCRIPTION_EXPIRED' : 'SUBSCRIPTION_EXPIRING'
  return `${type}:${expiresAt.toISOString()}:${tag}`
}

export function isOver(tag: SubscriptionTag): boolean {
  return tag === 'ended' || tag === 'withdrawn'
}

/** What can come and go within hours is told once in a day, as the company counts its days. */
export function noticeCause(notice: Notice, timeZone: string): string {
  switch (notice.type) {
    case 'MARKER_FAILED':
      return `MARKER_FAILED:${notice.subject.type} ${notice.subject.id}:${notice.generation}`
    case 'QUOTA_REACHED':
      return `QUOTA_REACHED:${notice.percent} %:${dayOf(notice.at, timeZone)}`
    case 'STORAGE_TEST_FAILED':
      return `STORAGE_TEST_FAILED:connection ${notice.storageConnectionId}:${dayOf(notice.at, timeZone)}`
  }
}

function dayOf(instant: string, timeZone: string): string {
  return Temporal.Instant.from(instant).toZonedDateTimeISO(timeZone).toPlainDate().toString()
}

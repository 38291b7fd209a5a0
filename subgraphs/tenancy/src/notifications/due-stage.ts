import { Temporal } from 'temporal-polyfill'
import { SUBSCRIPTION_GRACE_DAYS } from '../companies/subscription-status.ts'

/** A moment of an ending at which a company is told, and what distinguishes it from the others of the same ending. */
export interface Stage<Tag extends string> {
  readonly tag: Tag
  readonly at: Date
}

export type ProjectTag = 'notice' | 'day' | 'ended'

export type SubscriptionTag = '30 days' | '7 days' | '1 day' | 'ended' | 'withdrawn'

/** Nobody is told at night: from nine in the morning to nine in the evening where the company is. */
const FIRST_HOUR = 9
const LAST_HOUR = 21

const DAY_MS = 86_400_000

/** That something is over is no news after this. That it will be is, until it is. */
export const NEWS_DAYS = 7

/**
 * When a company is told that a project ends: at nine in the morning, `noticeDays` days before its last day and on
 * that day, and once it has ended. What ends at midnight has its last day before that.
 */
export function projectStages(expiresAt: Date, noticeDays: number, timeZone: string): Stage<ProjectTag>[] {
  return [
    ...mornings(expiresAt, timeZone, [
      ['notice', noticeDays],
      ['day', 0],
    ]),
    { tag: 'ended', at: expiresAt },
  ]
}

/** When a company is told that its subscription ends: before, once it has ended, and after its grace. */
export function subscriptionStages(expiresAt: Date, timeZone: string): Stage<SubscriptionTag>[] {
  return [
    ...mornings(expiresAt, timeZone, [
      ['30 days', 30],
      ['7 days', 7],
      ['1 day', 1],
    ]),
    { tag: 'ended', at: expiresAt },
    { tag: 'withdrawn', at: new Date(expiresAt.getTime() + SUBSCRIPTION_GRACE_DAYS * DAY_MS) },
  ]
}

/**
 * What a company is to be told at an instant, whether it has been or not: the last of the stages that have come.
 * Earlier ones that nobody told are passed over. Null at night, before the first, and when the last is no news.
 */
export function dueStage<Tag extends string>(
  stages: readonly Stage<Tag>[],
  timeZone: string,
  now: Date,
): Tag | null {
  const { hour } = zoned(now, timeZone)
  if (hour < FIRST_HOUR || hour >= LAST_HOUR) return null
  const last = stages.findLast(({ at }) => at <= now)
  if (!last) return null
  const isOld = last === stages.at(-1) && now.getTime() - last.at.getTime() > NEWS_DAYS * DAY_MS
  return isOld ? null : last.tag
}

/** How many days are left until the last day: 0 on it. */
export function daysLeft(expiresAt: Date, timeZone: string, now: Date): number {
  return zoned(now, timeZone).toPlainDate().until(lastDay(expiresAt, timeZone)).days
}

/** The day that an ending at this instant leaves whole or in part: of midnight the day before. */
export function lastDay(expiresAt: Date, timeZone: string): Temporal.PlainDate {
  return zoned(new Date(expiresAt.getTime() - 1), timeZone).toPlainDate()
}

function mornings<Tag extends string>(
  expiresAt: Date,
  timeZone: string,
  days: readonly (readonly [tag: Tag, before: number])[],
): Stage<Tag>[] {
  return days
    .map(([tag, before]) => {
      const day = lastDay(expiresAt, timeZone).subtract({ days: before })
      const morning = day.toZonedDateTime({ timeZone, plainTime: { hour: FIRST_HOUR } })
      return { tag, at: new Date(morning.epochMilliseconds) }
    })
    .filter(({ at }) => at < expiresAt)
}

function zoned(instant: Date, timeZone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(timeZone)
}

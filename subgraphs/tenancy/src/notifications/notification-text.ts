import type { Notice } from '@arv/jobs'
import { daysLeft, lastDay, type ProjectTag, type SubscriptionTag } from './due-stage.ts'

export interface NotificationText {
  readonly subject: string
  readonly message: string
}

/** Whom a text is for. */
export interface Reader {
  readonly companyName: string
  readonly timeZone: string
}

type MarkerErrorCode = Extract<Notice, { type: 'MARKER_FAILED' }>['code']

const GB = 2 ** 30

/** Every text of a notification is written here. `now` is when it is written. */
export function projectText(
  tag: ProjectTag,
  { name, expiresAt }: { readonly name: string; readonly expiresAt: Date },
  { timeZone }: Reader,
  now: Date,
): NotificationText {
  if (tag === 'ended') {
    return {
      subject: `Project “${name}” has ended`,
      message: `The project “${name}” ended ${moment(expiresAt, timeZone)}. Visitors see nothing of it any more. Nothing is deleted: extend the project, and it goes on.`,
    }
  }
  return {
    subject: `Project “${name}” ends ${inDays(daysLeft(expiresAt, timeZone, now))}`,
    message: `The project “${name}” ends ${moment(expiresAt, timeZone)}. From then on visitors see nothing of it. Extend the project if it is to go on.`,
  }
}

export function subscriptionText(
  tag: SubscriptionTag,
  { expiresAt, graceUntil }: { readonly expiresAt: Date; readonly graceUntil: Date },
  { companyName, timeZone }: Reader,
  now: Date,
): NotificationText {
  switch (tag) {
    case 'ended':
      return {
        subject: `The subscription of ${companyName} has ended`,
        message: `The subscription of ${companyName} ended ${moment(expiresAt, timeZone)}. Visitors see your contents as before until it is over for good ${moment(graceUntil, timeZone)}. Renew it before that.`,
      }
    case 'withdrawn':
      return {
        subject: `The contents of ${companyName} are not shown any more`,
        message: `The subscription of ${companyName} ended ${moment(expiresAt, timeZone)} and was not renewed. Visitors see nothing of your contents. Nothing is deleted: renew it, and everything is shown again.`,
      }
    case '30 days':
    case '7 days':
    case '1 day':
      return {
        subject: `The subscription of ${companyName} ends ${inDays(daysLeft(expiresAt, timeZone, now))}`,
        message: `The subscription of ${companyName} ends ${moment(expiresAt, timeZone)}. Renew it if your contents are to be shown for longer.`,
      }
  }
}

export function markerText(what: string, code: MarkerErrorCode): NotificationText {
  return {
    subject: `No marker could be made of ${what}`,
    message: `A phone can’t recognise ${what}, because no marker could be made of its image: ${MARKER_ERRORS[code]}`,
  }
}

const MARKER_ERRORS: Readonly<Record<MarkerErrorCode, string>> = {
  TOO_SMALL: 'it has too few pixels. Use a larger one.',
  EXTREME_ASPECT_RATIO: 'it is far longer on one side than on the other. Crop it.',
  TOO_FEW_FEATURES:
    'there is too little in it to tell it from others. Use one with more detail and contrast.',
  TIMED_OUT: 'it took too long. Try again, or use a simpler one.',
  INTERNAL: 'something went wrong on our side. Try again.',
}

export function quotaText(
  percent: 50 | 80 | 100,
  { usedBytes, quotaGb }: { readonly usedBytes: number; readonly quotaGb: number },
  { companyName }: Reader,
): NotificationText {
  const taken = `${companyName} uses ${(usedBytes / GB).toFixed(1)} of its ${quotaGb} GB of storage.`
  if (percent === 100) {
    const subject = `The storage of ${companyName} is full`
    return { subject, message: `${taken} A file that does not fit is refused: delete some, or ask for more.` }
  }
  return {
    subject: `The storage of ${companyName} is ${percent} % full`,
    message: `${taken} Once it is full, no more files can be uploaded.`,
  }
}

export function storageTestText(connectionName: string, at: Date, { timeZone }: Reader): NotificationText {
  return {
    subject: `The storage “${connectionName}” failed its test`,
    message: `The storage “${connectionName}”, which keeps your files, was tested ${moment(at, timeZone)} and did not work. While it doesn’t, files can be neither uploaded nor shown.`,
  }
}

function inDays(days: number): string {
  if (days <= 0) return 'today'
  return days === 1 ? 'tomorrow' : `in ${days} days`
}

/** `on 8 December 2026 at 18:00 (Europe/Berlin)`; midnight is the end of a day. */
function moment(instant: Date, timeZone: string): string {
  const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone })
  const time = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short', timeZone }).format(instant)
  if (time !== '00:00') return `on ${day.format(instant)} at ${time} (${timeZone})`
  const date = lastDay(instant, timeZone)
  const dayBefore = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' })
  return `at the end of ${dayBefore.format(new Date(`${date.toString()}T12:00:00Z`))} (${timeZone})`
}

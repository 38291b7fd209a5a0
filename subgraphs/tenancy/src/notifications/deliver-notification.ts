import { companies, type Database, type WriteTx } from '@arv/database'
import { appendAudit } from '@arv/events'
import type { JobHandler, JobSender } from '@arv/jobs'
import type { Logger } from 'pino'
import { lockCompany, saveCompany } from '../companies/companies.repository.ts'
import { type Channels, type Dispatch, dispatchOf, send } from './channels.ts'
import {
  type DeliveryKey,
  findLetter,
  findOwnerEmails,
  lockDelivery,
  markChatBlocked,
  markProjectTold,
  saveDelivery,
} from './deliveries.repository.ts'
import { type Outcome, pauseAfter } from './delivery.ts'

export interface DeliverDeps {
  readonly database: Database
  readonly jobs: JobSender
  readonly channels: Channels
  readonly logger: Logger
}

/** An attempt that this worker alone is making. */
interface Attempt {
  readonly dispatch: Dispatch
  /** Tells it from every other attempt of the delivery. */
  readonly sendingSince: Date
}

const ACTOR = { kind: 'job', name: 'notification.deliver' } as const

/** Longer than any attempt may take: who has sent for so long is dead. */
const LEASE_SECONDS = 120

/** A group may become another one while we write to it, but not again and again. */
const MOST_MOVES = 3

/**
 * The job `notification.deliver`: sends a notification by one channel. Of several workers one sends it, however many
 * jobs there are. What is sent and what is written down can't be one step: a worker that dies in between leaves a
 * delivery in doubt, which is sent once more, and not a third time.
 */
export function createDeliverHandler(deps: DeliverDeps): JobHandler<'notification.deliver'> {
  return async (key) => {
    const tenant = companies([key.companyId], ACTOR)
    const attempt = await deps.database.write(tenant, (tx) => beginAttempt(tx, deps, key))
    if (!attempt) return
    const outcome = await send(attempt.dispatch)
    await deps.database.write(tenant, (tx) => endAttempt(tx, deps, key, attempt, outcome))
  }
}

/** Null when there is nothing to send, or not now, or somebody else is at it. */
async function beginAttempt(tx: WriteTx, deps: DeliverDeps, key: DeliveryKey): Promise<Attempt | null> {
  const { jobs, channels, logger } = deps
  const delivery = await lockDelivery(tx, key)
  if (delivery?.state !== 'WAITING' || delivery.nextAttemptAt === null) return null
  const { readAt, attempts, startedAt, nextAttemptAt, sendingSince, inDoubt } = delivery
  // There is another job for then.
  if (nextAttemptAt > readAt) return null
  if (sendingSince !== null) {
    const leaseSeconds = LEASE_SECONDS - secondsBetween(sendingSince, readAt)
    if (leaseSeconds > 0) {
      await jobs.send(tx, 'notification.deliver', key, { startAfterSeconds: Math.ceil(leaseSeconds) })
      return null
    }
    if (inDoubt) {
      const error = 'It is not known whether this was sent: twice its sending was interrupted.'
      await settle(tx, key, { state: 'FAILED', error })
      logger.error({ ...key }, 'A notification was interrupted twice while it was sent: given up')
      return null
    }
    logger.warn(
      { ...key, sendingSince },
      'A notification was interrupted while it was sent: it may come twice',
    )
  }
  const dispatch = await dispatchFor(tx, channels, key, startedAt)
  if (typeof dispatch === 'string') {
    await settle(tx, key, { state: 'SKIPPED', error: dispatch })
    return null
  }
  await saveDelivery(tx, key, {
    sendingSince: readAt,
    attempts: attempts + 1,
    inDoubt: inDoubt || sendingSince !== null,
  })
  return { dispatch, sendingSince: readAt }
}

async function dispatchFor(
  tx: WriteTx,
  channels: Channels,
  key: DeliveryKey,
  startedAt: Date,
): Promise<Dispatch | string> {
  const letter = await findLetter(tx, key)
  if (!letter) throw new Error('a delivery without its notification')
  const ownerEmails = await findOwnerEmails(tx, key.companyId)
  const messageId = `notification-${key.notificationId}-${startedAt.getTime()}`
  return dispatchOf(channels, key.channel, { letter, ownerEmails, messageId })
}

async function endAttempt(
  tx: WriteTx,
  deps: DeliverDeps,
  key: DeliveryKey,
  { sendingSince }: Attempt,
  outcome: Outcome,
): Promise<void> {
  const delivery = await lockDelivery(tx, key)
  if (delivery?.sendingSince?.getTime() !== sendingSince.getTime()) {
    deps.logger.warn(
      { ...key, outcome: outcome.kind },
      'A notification was sent by a worker that was given up',
    )
    return
  }
  const { attempts, startedAt, readAt } = delivery
  const again = async (reason: string, afterSeconds?: number) => {
    const pause = pauseAfter(attempts, secondsBetween(startedAt, readAt), afterSeconds)
    if (pause === null) return settle(tx, key, { state: 'FAILED', error: reason })
    const nextAttemptAt = new Date(readAt.getTime() + pause * 1000)
    await saveDelivery(tx, key, { sendingSince: null, inDoubt: false, nextAttemptAt, error: reason })
    await deps.jobs.send(tx, 'notification.deliver', key, { startAfterSeconds: pause })
  }
  switch (outcome.kind) {
    case 'sent':
      await settle(tx, key, { state: 'SENT', sentAt: readAt, error: null })
      return markProjectTold(tx, key)
    case 'retry':
      return again(outcome.reason, outcome.afterSeconds)
    case 'failed':
      return settle(tx, key, { state: 'FAILED', error: outcome.reason })
    case 'blocked':
      await settle(tx, key, { state: 'FAILED', error: outcome.reason })
      return markChatBlocked(tx, key.companyId, outcome.chatId)
    case 'moved':
      await followChat(tx, key.companyId, outcome)
      return again('The Telegram chat has become another one.', attempts <= MOST_MOVES ? 0 : undefined)
  }
}

function settle(
  tx: WriteTx,
  key: DeliveryKey,
  result: {
    readonly state: 'SENT' | 'FAILED' | 'SKIPPED'
    readonly error: string | null
    readonly sentAt?: Date
  },
): Promise<void> {
  return saveDelivery(tx, key, { ...result, nextAttemptAt: null, sendingSince: null })
}

/** The company's chat is another one now, unless somebody has changed it meanwhile. */
async function followChat(
  tx: WriteTx,
  companyId: number,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<void> {
  const company = await lockCompany(tx, companyId)
  if (company?.telegramChatId !== from) return
  const changes = { telegramChatId: to }
  const { version: entityVersion } = await saveCompany(tx, company, changes)
  await appendAudit(tx, {
    action: 'company.update',
    entityType: 'Company',
    entityId: companyId,
    changes,
    entityVersion,
  })
}

function secondsBetween(from: Date, to: Date): number {
  return (to.getTime() - from.getTime()) / 1000
}

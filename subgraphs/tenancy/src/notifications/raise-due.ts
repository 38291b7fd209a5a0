import { companies, platform, type Tx, type WriteTx } from '@arv/database'
import { lockCompany } from '../companies/companies.repository.ts'
import { SUBSCRIPTION_GRACE_DAYS } from '../companies/subscription-status.ts'
import { lockProject } from '../projects/projects.repository.ts'
import { isOver, projectCause, subscriptionCause } from './causes.ts'
import { dueStage, projectStages, subscriptionStages } from './due-stage.ts'
import {
  type EndingProject,
  type EndingSubscription,
  findEndingProjects,
  findEndingSubscriptions,
} from './endings.repository.ts'
import { projectText, subscriptionText } from './notification-text.ts'
import { findKnownCauses, type NewNotification } from './notifications.repository.ts'
import type { RaiseDeps } from './raise-notice.ts'
import { raiseNotification } from './raise-notification.ts'

const ACTOR = { kind: 'job', name: 'notifications.due' } as const
const BATCH_SIZE = 200
const DAY_MS = 86_400_000

/** What a company is to be told, unless it was, and whether it is still so. */
interface Due {
  readonly notification: NewNotification
  readonly stillHolds: (tx: WriteTx) => Promise<boolean>
}

/**
 * The job `notifications.due`: tells companies of projects and subscriptions that end. Runs every few minutes; a
 * company is told in the day-time where it is, and once of each stage of an ending, however often this runs.
 *
 * @returns how many notifications it raised
 */
export async function raiseDue(deps: RaiseDeps, signal: AbortSignal): Promise<number> {
  const ofProjects = await raiseEach(deps, signal, findEndingProjects, dueOfProject)
  return ofProjects + (await raiseEach(deps, signal, findEndingSubscriptions, dueOfSubscription))
}

async function raiseEach<Ending extends { readonly id: number }>(
  deps: RaiseDeps,
  signal: AbortSignal,
  find: (tx: Tx, afterId: number, limit: number) => PromiseLike<readonly Ending[]>,
  dueOf: (ending: Ending) => Due | null,
): Promise<number> {
  let raised = 0
  for (let afterId = 0; ;) {
    const { endings, untold } = await deps.database.read(platform(ACTOR), async (tx) => {
      const found = await find(tx, afterId, BATCH_SIZE)
      return {
        endings: found,
        untold: await withoutKnown(
          tx,
          found.flatMap((one) => dueOf(one) ?? []),
        ),
      }
    })
    for (const due of untold) {
      if (signal.aborted) return raised
      if (await raiseOne(deps, due)) raised++
    }
    const last = endings.at(-1)
    if (!last || endings.length < BATCH_SIZE) return raised
    afterId = last.id
  }
}

async function withoutKnown(tx: Tx, due: readonly Due[]): Promise<Due[]> {
  if (due.length === 0) return []
  const keyOf = ({ companyId, cause }: { companyId: number; cause: string | null }) => `${companyId} ${cause}`
  const known = await findKnownCauses(
    tx,
    due.map(({ notification }) => notification.companyId),
    due.map(({ notification }) => notification.cause),
  )
  const keys = new Set(known.map(keyOf))
  return due.filter(({ notification }) => !keys.has(keyOf(notification)))
}

async function raiseOne({ database, jobs, logger }: RaiseDeps, due: Due): Promise<boolean> {
  const { companyId, cause } = due.notification
  try {
    return await database.write(
      companies([companyId], ACTOR),
      async (tx) => (await due.stillHolds(tx)) && raiseNotification(tx, jobs, due.notification),
    )
  } catch (error) {
    // One company must not keep the others from being told; it is tried again with the next run.
    logger.error({ err: error, companyId, cause }, 'A company could not be told')
    return false
  }
}

function dueOfProject(project: EndingProject): Due | null {
  const { id, companyId, expiresAt, noticeDays, timeZone, readAt } = project
  const tag = dueStage(projectStages(expiresAt, noticeDays, timeZone), timeZone, readAt)
  if (tag === null) return null
  return {
    notification: {
      companyId,
      projectId: id,
      notificationType: tag === 'ended' ? 'PROJECT_EXPIRED' : 'PROJECT_EXPIRING',
      cause: projectCause(id, expiresAt, tag),
      metadata: { expiresAt: expiresAt.toISOString() },
      ...projectText(tag, project, project, readAt),
    },
    stillHolds: async (tx) => {
      const now = await lockProject(tx, companyId, id)
      return now?.archivedAt === null && now.expiresAt?.getTime() === expiresAt.getTime()
    },
  }
}

function dueOfSubscription(subscription: EndingSubscription): Due | null {
  const { companyId, expiresAt, timeZone, readAt } = subscription
  const tag = dueStage(subscriptionStages(expiresAt, timeZone), timeZone, readAt)
  if (tag === null) return null
  const graceUntil = new Date(expiresAt.getTime() + SUBSCRIPTION_GRACE_DAYS * DAY_MS)
  return {
    notification: {
      companyId,
      notificationType: isOver(tag) ? 'SUBSCRIPTION_EXPIRED' : 'SUBSCRIPTION_EXPIRING',
      cause: subscriptionCause(expiresAt, tag),
      metadata: { expiresAt: expiresAt.toISOString() },
      ...subscriptionText(tag, { expiresAt, graceUntil }, subscription, readAt),
    },
    stillHolds: async (tx) => {
      const now = await lockCompany(tx, companyId)
      return now?.isActive === true && now.subscriptionExpiresAt?.getTime() === expiresAt.getTime()
    },
  }
}

import { companies, type Database, platform } from '@arv/database'
import type { EventWriter } from '@arv/events'
import type { Logger } from 'pino'
import { saveChanges } from './change-project.ts'
import { type DueRenewal, findDueRenewals, lockDueRenewal } from './due-renewals.repository.ts'
import { renew } from './renewal.ts'

export interface RenewDeps {
  readonly database: Database
  readonly events: EventWriter
  readonly logger: Logger
}

const ACTOR = { kind: 'job', name: 'projects.renew' } as const
const BATCH_SIZE = 100

/**
 * The job `projects.renew`: gives projects that renew themselves their next end, a while before the last one comes, so
 * that nothing is withdrawn in between. What was missed meanwhile is caught up with at once, period by period. Of
 * several workers that run it, each renews what no other is at.
 *
 * @returns how many it renewed
 */
export async function renewProjects(deps: RenewDeps, signal: AbortSignal): Promise<number> {
  let renewed = 0
  for (let afterId = 0; ;) {
    const due = await deps.database.read(platform(ACTOR), (tx) => findDueRenewals(tx, afterId, BATCH_SIZE))
    for (const project of due) {
      if (signal.aborted) return renewed
      if (await renewOne(deps, project)) renewed++
    }
    const last = due.at(-1)
    if (!last || due.length < BATCH_SIZE) return renewed
    afterId = last.id
  }
}

async function renewOne({ database, events, logger }: RenewDeps, due: DueRenewal): Promise<boolean> {
  try {
    return await database.write(companies([due.companyId], ACTOR), async (tx) => {
      const locked = await lockDueRenewal(tx, due)
      if (!locked) return false
      const { project, terms, until } = locked
      const { expiresAt, periods } = renew(terms, until)
      const changes = { expiresAt, renewalAnchorAt: terms.anchor }
      await saveChanges(tx, { events }, project, { action: 'project.renew', changes, periods })
      return true
    })
  } catch (error) {
    // One project must not keep the others from their turn; this one is tried again with the next run.
    logger.error({ err: error, projectId: due.id }, 'A project could not be renewed')
    return false
  }
}

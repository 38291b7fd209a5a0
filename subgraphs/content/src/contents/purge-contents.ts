import { companies, type Database, platform, type WriteTx } from '@arv/database'
import { appendAudit } from '@arv/events'
import type { JobHandler, JobSender } from '@arv/jobs'
import type { Logger } from 'pino'
import { type ArContent, lockContent } from './contents.repository.ts'
import { findPurgeable, isPurgeable, removeContent } from './purge.repository.ts'

const ACTOR = { kind: 'job', name: 'contents.purge' } as const

export interface PurgeDeps {
  readonly database: Database
  readonly jobs: JobSender
  readonly logger: Logger
}

/** The job `contents.purge`: removes what was deleted so long ago that it can't be restored any more. */
export function createPurgeHandler({ database, jobs, logger }: PurgeDeps): JobHandler<'contents.purge'> {
  return async (_payload, { signal }) => {
    // By id, so that one that can't be removed is left behind and not found again and again.
    for (let after = 0; ;) {
      const found = await database.read(platform(ACTOR), (tx) => findPurgeable(tx, after))
      for (const { companyId, id } of found) {
        signal.throwIfAborted()
        try {
          await database.write(companies([companyId], ACTOR), async (tx) => {
            const locked = await lockContent(tx, companyId, id, 'any')
            if (locked && (await isPurgeable(tx, locked.content)))
              await purgeContent(tx, jobs, locked.content)
          })
        } catch (error) {
          logger.error({ err: error, companyId, contentId: id }, 'A deleted content could not be purged')
        }
      }
      const last = found.at(-1)
      if (!last) return
      after = last.id
    }
  }
}

/**
 * Removes a locked content for good, and its files, but for those that something else uses. Visits to it stay, and count
 * for its project and company.
 */
export async function purgeContent(tx: WriteTx, jobs: JobSender, content: ArContent): Promise<void> {
  const { companyId, id, title } = content
  const assetIds = await removeContent(tx, content)
  await jobs.send(tx, 'assets.discard', { companyId, assetIds })
  await appendAudit(tx, {
    action: 'content.purge',
    entityType: 'ArContent',
    entityId: id,
    changes: { title },
  })
}

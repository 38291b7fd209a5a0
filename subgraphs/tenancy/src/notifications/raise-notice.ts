import { companies, type Database, type WriteTx } from '@arv/database'
import type { JobHandler, JobSender, Notice } from '@arv/jobs'
import type { Logger } from 'pino'
import { noticeCause } from './causes.ts'
import { findConnectionName, findContent, findQuota, findReader } from './notice-subjects.repository.ts'
import {
  markerText,
  type NotificationText,
  quotaText,
  type Reader,
  storageTestText,
} from './notification-text.ts'
import { raiseNotification } from './raise-notification.ts'

export interface RaiseDeps {
  readonly database: Database
  readonly jobs: JobSender
  readonly logger: Logger
}

const ACTOR = { kind: 'job', name: 'notification.raise' } as const

/** What a notice says, of what. */
interface Described {
  readonly text: NotificationText
  readonly projectId?: number
  readonly contentId?: number
  readonly metadata: Record<string, unknown>
}

/** The job `notification.raise`: puts what another subgraph wants told into words. What is gone is not told of. */
export function createRaiseHandler({ database, jobs, logger }: RaiseDeps): JobHandler<'notification.raise'> {
  return async (notice) => {
    const { companyId, type: notificationType } = notice
    await database.write(companies([companyId], ACTOR), async (tx) => {
      const reader = await findReader(tx, companyId)
      const described = reader && (await describe(tx, notice, reader))
      if (!reader || !described) {
        logger.info({ notice }, 'What a company was to be told of is gone')
        return
      }
      const { text, ...subjects } = described
      const cause = noticeCause(notice, reader.timeZone)
      await raiseNotification(tx, jobs, { companyId, notificationType, cause, ...subjects, ...text })
    })
  }
}

async function describe(tx: WriteTx, notice: Notice, reader: Reader): Promise<Described | undefined> {
  const { companyId } = notice
  switch (notice.type) {
    case 'MARKER_FAILED': {
      const { subject, code } = notice
      const metadata = { code }
      if (subject.type === 'portrait') return { text: markerText('a portrait', code), metadata }
      const content = await findContent(tx, companyId, subject.id)
      if (!content) return undefined
      const { id: contentId, projectId, title } = content
      return { text: markerText(`“${title}”`, code), projectId, contentId, metadata }
    }
    case 'QUOTA_REACHED': {
      const { percent } = notice
      const quota = await findQuota(tx, companyId)
      return quota && { text: quotaText(percent, quota, reader), metadata: { percent, ...quota } }
    }
    case 'STORAGE_TEST_FAILED': {
      const { storageConnectionId, at } = notice
      const name = await findConnectionName(tx, storageConnectionId)
      if (name === undefined) return undefined
      return { text: storageTestText(name, new Date(at), reader), metadata: { testedAt: at } }
    }
  }
}

import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Api } from './api.ts'

/** Reports a visit of a few seconds, as a visitor's page does. */
export async function recordVisit(visitor: Api, uniqueId: string, videoUniqueId: string): Promise<void> {
  const sessionId = randomUUID()
  await visitor.mutate('StartViewSession', { uniqueId, sessionId }, z.object({}))
  const report = {
    sessionId,
    videoUniqueId,
    durationSeconds: 4,
    trackingQuality: 'GOOD',
    videoPlayed: true,
    videoCompleted: true,
    ended: true,
  }
  await visitor.mutate('ReportViewSession', report, z.object({}))
}

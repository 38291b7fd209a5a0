import type { Database, WriteTx } from '@arv/database'
import type { TrackingQuality } from './view-session.ts'
import type { VisitorDevice } from './visitor-device.ts'

interface NewSession {
  readonly uniqueId: string
  readonly sessionId: string
  readonly preview: boolean
  readonly device: VisitorDevice
  readonly ipAddress: string | null
}

export type StartOutcome = 'started' | 'repeated' | 'taken' | 'unknown'

/** As the public viewer, who can do this and no more: the function finds out whose content it is. */
export async function startSession(database: Database, session: NewSession): Promise<StartOutcome> {
  const { device, uniqueId, sessionId, preview, ipAddress } = session
  const rows = await database.viewer(
    (viewer) => viewer<{ outcome: StartOutcome }[]>`
      select analytics.start_view_session(${uniqueId}::uuid, ${sessionId}::uuid, ${preview}::boolean,
        ${device.userAgent}::text, ${device.deviceType}::text, ${device.browser}::text, ${device.os}::text,
        ${ipAddress}::inet, null, null) as outcome`,
  )
  return rows[0]?.outcome ?? 'unknown'
}

interface SessionReport {
  readonly sessionId: string
  readonly videoUniqueId: string | null
  readonly durationSeconds: number
  readonly trackingQuality: TrackingQuality | null
  readonly videoPlayed: boolean
  readonly videoCompleted: boolean
  readonly ended: boolean
}

/** Whether there is such a session. */
export async function reportSession(database: Database, report: SessionReport): Promise<boolean> {
  const rows = await database.viewer(
    (viewer) => viewer<{ known: boolean }[]>`
      select analytics.report_view_session(${report.sessionId}::uuid, ${report.videoUniqueId}::uuid,
        ${report.durationSeconds}::int, ${report.trackingQuality}::text, ${report.videoPlayed}::boolean,
        ${report.videoCompleted}::boolean, ${report.ended}::boolean) as known`,
  )
  return rows[0]?.known ?? false
}

/** Makes the partitions of this month and the next two, where they are not there yet. */
export async function makePartitions(tx: WriteTx): Promise<void> {
  await tx.sql`select analytics.ensure_view_session_partitions()`
}

/** What a project's status follows from. */
export interface ProjectTerm {
  readonly startsAt: Date | null
  readonly expiresAt: Date | null
  readonly archivedAt: Date | null
  readonly notifyBeforeExpiryDays: number
}

export type ProjectStatus = 'SCHEDULED' | 'ACTIVE' | 'EXPIRING' | 'EXPIRED' | 'ARCHIVED'

const DAY_MS = 86_400_000

/**
 * Where a project is in its life at an instant. It has begun at `startsAt` and has ended at `expiresAt`; a day of
 * notice is 24 hours. `project-status.repository.ts` says the same in SQL.
 */
export function projectStatus(project: ProjectTerm, instant: Date): ProjectStatus {
  const { startsAt, expiresAt, archivedAt, notifyBeforeExpiryDays } = project
  if (archivedAt !== null) return 'ARCHIVED'
  if (expiresAt !== null && expiresAt <= instant) return 'EXPIRED'
  if (startsAt !== null && startsAt > instant) return 'SCHEDULED'
  if (expiresAt === null) return 'ACTIVE'
  const noticeAt = expiresAt.getTime() - notifyBeforeExpiryDays * DAY_MS
  return noticeAt <= instant.getTime() ? 'EXPIRING' : 'ACTIVE'
}

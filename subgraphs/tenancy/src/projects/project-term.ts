import type { Project } from './projects.repository.ts'

const DAY_MS = 86_400_000
const LAST_YEAR = 9999

/** When a project ends that goes on for so many days more; null when no calendar goes that far. */
export function extendedExpiry(expiresAt: Date, days: number, now: Date): Date | null {
  const from = Math.max(expiresAt.getTime(), now.getTime())
  const extended = new Date(from + days * DAY_MS)
  return extended.getUTCFullYear() > LAST_YEAR ? null : extended
}

/** The columns that say when a project is shown. */
export type ProjectValidity = Partial<Pick<Project, 'startsAt' | 'expiresAt' | 'archivedAt'>>

/** Whether visitors may see a project's contents for longer or shorter after such changes. */
export function changesValidity(changes: ProjectValidity): boolean {
  return 'startsAt' in changes || 'expiresAt' in changes || 'archivedAt' in changes
}

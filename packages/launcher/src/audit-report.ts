import type { AuditBreak, AuditVerdict } from '@arv/events'

export const AUDIT_HELP = `Recomputes the hash chains of the audit log and says what does not fit.

  pnpm audit:verify                   every company
  pnpm audit:verify --company <id>    one company, by its global id

It looks at the database of DATABASE_URL, else at ARV's own in ARV_DATA_DIR, and ends with 1 when an entry was
altered, removed, moved or slipped in since it was sealed. docs/audit.md says how the chains are made.`

/** A line for each company, and what was found in it. */
export function auditReport(
  verdicts: readonly AuditVerdict[],
  nameOf: (companyId: number) => string,
): string {
  if (verdicts.length === 0) return 'The audit log is empty.'
  return verdicts
    .map((verdict) => `${nameOf(verdict.companyId)}: ${chainOf(verdict)}; ${tailOf(verdict)}.`)
    .join('\n')
}

function chainOf({ sealed, headHash, firstBreak }: AuditVerdict): string {
  if (firstBreak) return `BROKEN after ${entries(sealed)}: ${breakOf(firstBreak)}`
  return headHash === null
    ? 'nothing is sealed yet'
    : `${entries(sealed)} as sealed, head ${sealed} ${headHash}`
}

function breakOf(found: AuditBreak): string {
  switch (found.kind) {
    case 'sealRemoved':
      return `seal ${found.sequence} is missing`
    case 'entryRemoved':
      return `entry ${found.entryId} (seal ${found.sequence}) was removed`
    case 'entryAltered':
      return `entry ${found.entryId} (seal ${found.sequence}) is not what was sealed`
    case 'entryInserted':
      return `entry ${found.entryId} was slipped in among sealed ones`
  }
}

function tailOf({ unsealed }: AuditVerdict): string {
  if (unsealed.entries === 0) return 'none waits for a seal'
  return `${entries(unsealed.entries)} not sealed yet, the oldest for ${Math.round(unsealed.oldestSeconds)} s`
}

function entries(count: number): string {
  return count === 1 ? '1 entry' : `${count} entries`
}

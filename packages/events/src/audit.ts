import type { WriteTx } from '@arv/database'
import { isSecretName } from '@arv/identity'

/** What was done, for the company's audit log. */
export interface AuditEntry {
  /** Entity and verb: `company.create`, `video.activate`. */
  readonly action: string
  /** The GraphQL type of what was changed, with its row id. */
  readonly entityType: string
  readonly entityId: number
  /** The new values of what was changed, by field. What has a secret's name is not written down. */
  readonly changes?: Readonly<Record<string, unknown>>
  /** The entity's version after the change, where it has versions. */
  readonly entityVersion?: number
}

/**
 * Writes into the audit log, in the transaction of the change and in the name of its actor.
 *
 * @example
 * await appendAudit(tx, { action: 'video.activate', entityType: 'Video', entityId: video.id })
 */
export async function appendAudit(tx: WriteTx, entry: AuditEntry): Promise<void> {
  const { action, entityType, entityId, changes = {}, entityVersion = null } = entry
  await tx.sql`select log.append_audit(
    ${action}, ${entityType}, ${entityId}, ${JSON.stringify(changes, hideSecrets)}::jsonb, ${entityVersion}::int)`
}

function hideSecrets(name: string, value: unknown): unknown {
  return value !== null && isSecretName(name) ? '[hidden]' : value
}

/**
 * Which fields of an entity the audit log says were changed by versions later than `sinceVersion`, in alphabetical
 * order; for entities of the company that the transaction changes.
 */
export async function fieldsChangedSince(
  tx: WriteTx,
  { entityType, entityId, sinceVersion }: { entityType: string; entityId: number; sinceVersion: number },
): Promise<readonly string[]> {
  const [row] = await tx.sql<{ fields: string[] }[]>`
    select log.fields_changed_since(${entityType}, ${entityId}, ${sinceVersion}) as fields`
  return row?.fields ?? []
}

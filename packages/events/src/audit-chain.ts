import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'

/** An audit entry as it is sealed: every column of the row. */
export interface SealedEntry {
  readonly id: number
  /** The transaction that wrote it, in decimal digits: it outgrows a number. */
  readonly tx: string
  readonly companyId: number
  /** UTC with microseconds: `2026-11-22T10:00:00.000001Z`. */
  readonly at: string
  readonly actor: string
  readonly action: string
  readonly entityType: string
  readonly entityId: number
  readonly entityVersion: number | null
  readonly changes: Readonly<Record<string, unknown>>
}

/** What the first entry of a company is chained to. */
export const FIRST_LINK: Buffer = Buffer.alloc(32)

/**
 * The hash that seals an entry: SHA-256 over the 32 bytes of the seal before it, followed by the entry as canonical JSON
 * (RFC 8785) in UTF-8. `docs/audit.md` says the same for those who check it with a program of their own.
 */
export function sealHash(previous: Buffer, entry: SealedEntry): Buffer {
  const { id, tx, companyId, at, actor, action, entityType, entityId, entityVersion, changes } = entry
  const whole = { id, tx, companyId, at, actor, action, entityType, entityId, entityVersion, changes }
  const text = canonicalize(whole)
  if (text === undefined) throw new Error('an audit entry is always an object')
  return createHash('sha256').update(previous).update(text, 'utf8').digest()
}

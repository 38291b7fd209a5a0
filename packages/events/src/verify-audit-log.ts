import { type Database, platform, type Tx } from '@arv/database'
import { FIRST_LINK, sealHash } from './audit-chain.ts'
import {
  type ChainHead,
  findAuditedCompanies,
  findSealed,
  findUnsealedAmongSealed,
  findUnsealedTail,
  type SealAndEntry,
} from './audit-store.ts'

/** How the log differs from what was sealed. */
export type AuditBreak =
  /** A seal is gone: the chain has no link of this number. */
  | { readonly kind: 'sealRemoved'; readonly sequence: number }
  /** The entry is not in the log any more. */
  | { readonly kind: 'entryRemoved'; readonly sequence: number; readonly entryId: number }
  /** The entry is not what was sealed, or not in its place. */
  | { readonly kind: 'entryAltered'; readonly sequence: number; readonly entryId: number }
  /** An entry lies among sealed ones and was never sealed. */
  | { readonly kind: 'entryInserted'; readonly entryId: number }

/** What came of checking one company's entries. */
export interface AuditVerdict {
  readonly companyId: number
  /** How many seals were found to be right, before the first break if there is one. */
  readonly sealed: number
  readonly headHash: string | null
  /** The first break; null when there is none. */
  readonly firstBreak: AuditBreak | null
  /** Entries that no seal protects yet, and the age of the oldest in seconds. */
  readonly unsealed: { readonly entries: number; readonly oldestSeconds: number }
}

const VERIFIER = platform({ kind: 'job', name: 'audit-verify' })
const PAGE = 1_000

/**
 * Recomputes the hash chain of one company, or of all: whether an entry was altered, removed, moved or slipped in since
 * it was sealed.
 *
 * @param database tenancy's
 */
export async function verifyAuditLog(database: Database, companyId?: number): Promise<AuditVerdict[]> {
  const companyIds =
    companyId === undefined ? await database.read(VERIFIER, findAuditedCompanies) : [companyId]
  const verdicts: AuditVerdict[] = []
  for (const id of companyIds) verdicts.push(await verifyCompany(database, id))
  return verdicts
}

async function verifyCompany(database: Database, companyId: number): Promise<AuditVerdict> {
  const read = <T>(fn: (tx: Tx) => Promise<T>) => database.read(VERIFIER, fn)
  let head: ChainHead = { companyId, sequence: 0, hash: FIRST_LINK }
  let firstBreak: AuditBreak | null = null
  while (firstBreak === null) {
    const page = await read((tx) => findSealed(tx, { companyId, after: head.sequence, limit: PAGE }))
    for (const seal of page) {
      firstBreak = breakAt(head, seal)
      if (firstBreak) break
      head = seal
    }
    if (page.length < PAGE) break
  }
  if (firstBreak === null) {
    const [inserted] = await read((tx) => findUnsealedAmongSealed(tx, companyId))
    if (inserted !== undefined) firstBreak = { kind: 'entryInserted', entryId: inserted }
  }
  return {
    companyId,
    sealed: head.sequence,
    headHash: head.sequence === 0 ? null : head.hash.toString('hex'),
    firstBreak,
    unsealed: await read((tx) => findUnsealedTail(tx, companyId)),
  }
}

/** How a seal fails to follow the one before it; null when it does follow. */
function breakAt(head: ChainHead, { sequence, entryId, entry, hash }: SealAndEntry): AuditBreak | null {
  if (sequence !== head.sequence + 1) return { kind: 'sealRemoved', sequence: head.sequence + 1 }
  if (entry === null) return { kind: 'entryRemoved', sequence, entryId }
  return sealHash(head.hash, entry).equals(hash) ? null : { kind: 'entryAltered', sequence, entryId }
}

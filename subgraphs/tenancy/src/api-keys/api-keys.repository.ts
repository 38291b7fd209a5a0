import type { Tenant, Tx, WriteTx } from '@arv/database'
import { apiKeys } from '@arv/drizzle/schema/tenancy'
import type { Principal } from '@arv/identity'
import { and, count, desc, eq, gt, isNull, or, type SQL, sql } from 'drizzle-orm'
import { isOneOf, ofTenant } from '../visible-rows.repository.ts'

export type ApiKey = Omit<typeof apiKeys.$inferSelect, 'secretHash'>

const { secretHash, ...columns } = {
  id: apiKeys.id,
  companyId: apiKeys.companyId,
  name: apiKeys.name,
  prefix: apiKeys.prefix,
  secretHash: apiKeys.secretHash,
  role: apiKeys.role,
  createdBy: apiKeys.createdBy,
  createdAt: apiKeys.createdAt,
  expiresAt: apiKeys.expiresAt,
  revokedAt: apiKeys.revokedAt,
  lastUsedAt: apiKeys.lastUsedAt,
}

export function findApiKeys(tx: Tx, tenant: Tenant, ids: readonly number[]): Promise<ApiKey[]> {
  return select(tx, tenant, isOneOf(apiKeys.id, ids))
}

export function findApiKeysOfCompanies(
  tx: Tx,
  tenant: Tenant,
  companyIds: readonly number[],
): Promise<ApiKey[]> {
  return select(tx, tenant, isOneOf(apiKeys.companyId, companyIds))
}

/** How many keys of the company work; nobody else makes one until this transaction ends. */
export async function lockLiveKeyCount(tx: WriteTx, companyId: number): Promise<number> {
  await tx.sql`select pg_advisory_xact_lock(hashtextextended('api-keys', ${companyId}))`
  const [row] = await tx.drizzle
    .select({ live: count() })
    .from(apiKeys)
    .where(and(eq(apiKeys.companyId, companyId), isLive()))
  return row?.live ?? 0
}

export async function insertApiKey(
  tx: WriteTx,
  key: Pick<ApiKey, 'companyId' | 'name' | 'prefix' | 'role' | 'createdBy' | 'expiresAt'> & {
    readonly secretHash: Buffer
  },
): Promise<ApiKey> {
  const [inserted] = await tx.drizzle.insert(apiKeys).values(key).returning(columns)
  if (!inserted) throw new Error('an API key was not kept')
  return inserted
}

/** Undefined when it was revoked before. */
export async function revokeKey(tx: WriteTx, companyId: number, id: number): Promise<ApiKey | undefined> {
  const [revoked] = await tx.drizzle
    .update(apiKeys)
    .set({ revokedAt: sql`now()` })
    .where(and(eq(apiKeys.companyId, companyId), eq(apiKeys.id, id), isNull(apiKeys.revokedAt)))
    .returning(columns)
  return revoked
}

/** Whom a key that works stands for, and whether its last use was noted a minute ago or longer. */
export async function findKeyPrincipal(
  tx: Tx,
  hash: Buffer,
): Promise<{ readonly principal: Extract<Principal, { kind: 'apiKey' }>; readonly isStale: boolean } | null> {
  const [key] = await tx.drizzle
    .select({
      apiKeyId: apiKeys.id,
      companyId: apiKeys.companyId,
      role: apiKeys.role,
      expiresAt: apiKeys.expiresAt,
      isStale: sql<boolean>`coalesce(${apiKeys.lastUsedAt} < now() - interval '1 minute', true)`,
    })
    .from(apiKeys)
    .where(and(eq(secretHash, hash), isLive()))
  if (!key) return null
  const { isStale, expiresAt: _expiresAt, ...principal } = key
  return { principal: { kind: 'apiKey', ...principal }, isStale }
}

export async function noteUse(tx: WriteTx, id: number): Promise<void> {
  await tx.drizzle
    .update(apiKeys)
    .set({ lastUsedAt: sql`now()` })
    .where(eq(apiKeys.id, id))
}

function isLive(): SQL | undefined {
  return and(isNull(apiKeys.revokedAt), or(isNull(apiKeys.expiresAt), gt(apiKeys.expiresAt, sql`now()`)))
}

function select(tx: Tx, tenant: Tenant, condition: SQL): Promise<ApiKey[]> {
  return tx.drizzle
    .select(columns)
    .from(apiKeys)
    .where(and(condition, ofTenant(apiKeys.companyId, tenant)))
    .orderBy(desc(apiKeys.createdAt), desc(apiKeys.id))
}

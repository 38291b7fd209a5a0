import { appendAudit } from '@arv/events'
import type { Caller } from '@arv/identity'
import { fromGlobalId } from '@arv/relay'
import { failure, type Failure, notFound } from '@arv/subgraph'
import { changeCompany } from '@arv/subgraph/access'
import { readAsCaller } from '../read-as-caller.ts'
import type { TenancyDeps } from '../tenancy-deps.ts'
import { type ApiKey, findApiKeys, revokeKey } from './api-keys.repository.ts'

interface RevokedApiKey {
  readonly apiKey: ApiKey
  readonly userErrors: []
}

/** Ends a key, from its next request on; its subscriptions end at once. */
export async function revokeApiKey(
  { database, events }: Pick<TenancyDeps, 'database' | 'events'>,
  caller: Caller,
  input: { readonly id: string },
): Promise<RevokedApiKey | Failure> {
  const missing = notFound('id', 'API key')
  const id = fromGlobalId('ApiKey', input.id)
  const [known] = await readAsCaller(database, caller, async (tx, tenant) =>
    id === null ? [] : findApiKeys(tx, tenant, [id]),
  )
  if (!known) return failure(missing)
  const { companyId } = known
  const change = { companyId, action: 'revokeApiKey', missing } as const
  return changeCompany<RevokedApiKey | Failure>(database, caller, change, async (tx) => {
    const revoked = await revokeKey(tx, companyId, known.id)
    if (!revoked) return { apiKey: known, userErrors: [] }
    const subject = { type: 'apiKey', id: revoked.id } as const
    await events.append(tx, { type: 'principal.changed', subject, payload: {} })
    await appendAudit(tx, {
      action: 'api-key.revoke',
      entityType: 'ApiKey',
      entityId: revoked.id,
      changes: { revokedAt: revoked.revokedAt },
    })
    return { apiKey: revoked, userErrors: [] }
  })
}

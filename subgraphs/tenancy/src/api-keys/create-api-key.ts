import { appendAudit } from '@arv/events'
import { type Caller, makeApiKey, type Role } from '@arv/identity'
import { fromGlobalId } from '@arv/relay'
import { failure, type Failure, limitReached, notFound } from '@arv/subgraph'
import { actingUserId, changeCompany } from '@arv/subgraph/access'
import { failureOf, futureProblem, problemsOf, textProblem } from '../inputs/field-rules.ts'
import type { TenancyDeps } from '../tenancy-deps.ts'
import { type ApiKey, insertApiKey, lockLiveKeyCount } from './api-keys.repository.ts'

export interface NewApiKey {
  readonly companyId: string
  readonly name: string
  readonly role: Role
  readonly expiresAt?: Date | null | undefined
}

interface CreatedApiKey {
  readonly apiKey: ApiKey
  readonly secret: string
  readonly userErrors: []
}

const MOST_LIVE_KEYS = 50

/** Makes a key of a company. Its secret is in this answer and nowhere else. */
export async function createApiKey(
  { database }: Pick<TenancyDeps, 'database'>,
  caller: Caller,
  input: NewApiKey,
): Promise<CreatedApiKey | Failure> {
  const createdBy = actingUserId(caller)
  const name = input.name.trim()
  const expiresAt = input.expiresAt ?? null
  const refused = failureOf(
    problemsOf([
      textProblem('name', name, { min: 1, max: 100 }),
      futureProblem('expiresAt', expiresAt, new Date()),
    ]),
  )
  if (refused) return refused
  const missing = notFound('companyId', 'company')
  const companyId = fromGlobalId('Company', input.companyId)
  if (companyId === null) return failure(missing)

  const change = { companyId, action: 'createApiKey', missing } as const
  return changeCompany<CreatedApiKey | Failure>(database, caller, change, async (tx) => {
    if ((await lockLiveKeyCount(tx, companyId)) >= MOST_LIVE_KEYS) {
      return failure(
        limitReached(null, `A company has at most ${MOST_LIVE_KEYS} keys that work: revoke one.`),
      )
    }
    const { secret, prefix, hash } = makeApiKey()
    const { role } = input
    const row = { companyId, name, prefix, secretHash: hash, role, createdBy, expiresAt }
    const apiKey = await insertApiKey(tx, row)
    await appendAudit(tx, {
      action: 'api-key.create',
      entityType: 'ApiKey',
      entityId: apiKey.id,
      changes: { name, prefix, role, expiresAt },
    })
    return { apiKey, secret, userErrors: [] }
  })
}

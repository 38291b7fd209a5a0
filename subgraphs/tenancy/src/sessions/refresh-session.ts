import { platform, type WriteTx } from '@arv/database'
import type { Caller } from '@arv/identity'
import { networkOf } from '@arv/rate-limits'
import { failure, type Failure, invalid } from '@arv/subgraph'
import type { TenancyDeps } from '../tenancy-deps.ts'
import { findUsers, type User } from '../users/users.repository.ts'
import { openSession, type Session } from './open-session.ts'
import { countFailedRefresh, refreshWait } from './refresh-attempt.ts'
import { makeOneTimeToken, readOneTimeToken } from '../tokens/one-time-token.ts'
import {
  forgetExpiredTokens,
  isSpent,
  lockFamily,
  revokeFamily,
  spendToken,
  type StoredToken,
} from './sessions.repository.ts'
import { tooManyAttempts } from './too-many-attempts.ts'

interface RefreshedSession {
  readonly session: Session
  readonly userErrors: []
}

const ENDED = failure(invalid('refreshToken', 'This session has ended. Sign in again.'))

type Deps = Pick<TenancyDeps, 'database' | 'accessTokens' | 'attemptLimits' | 'refreshTokenTtlSeconds'>

/** Goes on with a session. A token that comes a second time was stolen, from either side: the whole session ends. */
export async function refreshSession(
  deps: Deps,
  caller: Caller,
  { refreshToken }: { readonly refreshToken: string },
): Promise<RefreshedSession | Failure> {
  const network = networkOf(caller.client.ipAddress)
  const hash = readOneTimeToken(refreshToken)
  const next = makeOneTimeToken()
  const outcome = await deps.database.write(platform({ kind: 'nobody' }), async (tx) => {
    // Nothing is spent: a session that has to wait is still there afterwards.
    const wait = await refreshWait(tx, network)
    if (wait > 0) return { kind: 'refused', wait } as const
    const opened =
      hash && (await goOn(tx, { hash, successor: next.hash, ttlSeconds: deps.refreshTokenTtlSeconds }))
    if (opened) return { kind: 'opened', ...opened } as const
    await countFailedRefresh(tx, deps.attemptLimits, network)
    return { kind: 'ended' } as const
  })
  switch (outcome.kind) {
    case 'refused':
      return tooManyAttempts(outcome.wait)
    case 'ended':
      return ENDED
    case 'opened':
      return { session: await openSession(deps, outcome.user, next, outcome.stored), userErrors: [] }
  }
}

interface Spend {
  readonly hash: Buffer
  readonly successor: Buffer
  readonly ttlSeconds: number
}

async function goOn(tx: WriteTx, spend: Spend): Promise<{ user: User; stored: StoredToken } | null> {
  const stored = await spendOrRevoke(tx, spend)
  if (!stored) return null
  await forgetExpiredTokens(tx)
  const [user] = await findUsers(tx, [stored.userId])
  return user ? { user, stored } : null
}

async function spendOrRevoke(tx: WriteTx, spend: Spend): Promise<StoredToken | undefined> {
  const familyId = await lockFamily(tx, spend.hash)
  if (familyId === undefined) return undefined
  const stored = await spendToken(tx, spend)
  if (!stored && (await isSpent(tx, spend.hash))) await revokeFamily(tx, familyId)
  return stored
}

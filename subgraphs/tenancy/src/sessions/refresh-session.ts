import { platform, type WriteTx } from '@arv/database'
import { failure, type Failure, invalid } from '@arv/subgraph'
import type { TenancyDeps } from '../tenancy-deps.ts'
import { findUsers } from '../users/users.repository.ts'
import { openSession, type Session } from './open-session.ts'
import { makeRefreshToken, readRefreshToken } from './refresh-token.ts'
import {
  forgetExpiredTokens,
  isSpent,
  lockFamily,
  revokeFamily,
  spendToken,
  type StoredToken,
} from './sessions.repository.ts'

interface RefreshedSession {
  readonly session: Session
  readonly userErrors: []
}

const ENDED = failure(invalid('refreshToken', 'This session has ended. Sign in again.'))

/** Goes on with a session. A token that comes a second time was stolen, from either side: the whole session ends. */
export async function refreshSession(
  deps: Pick<TenancyDeps, 'database' | 'accessTokens' | 'refreshTokenTtlSeconds'>,
  { refreshToken }: { readonly refreshToken: string },
): Promise<RefreshedSession | Failure> {
  const hash = readRefreshToken(refreshToken)
  if (hash === null) return ENDED
  const next = makeRefreshToken()
  const opened = await deps.database.write(platform({ kind: 'nobody' }), async (tx) => {
    const spend = { hash, successor: next.hash, ttlSeconds: deps.refreshTokenTtlSeconds }
    const stored = await spendOrRevoke(tx, spend)
    if (!stored) return null
    await forgetExpiredTokens(tx)
    const [user] = await findUsers(tx, [stored.userId])
    return user ? { user, stored } : null
  })
  if (!opened) return ENDED
  return { session: await openSession(deps, opened.user, next, opened.stored), userErrors: [] }
}

async function spendOrRevoke(
  tx: WriteTx,
  spend: { readonly hash: Buffer; readonly successor: Buffer; readonly ttlSeconds: number },
): Promise<StoredToken | undefined> {
  const familyId = await lockFamily(tx, spend.hash)
  if (familyId === undefined) return undefined
  const stored = await spendToken(tx, spend)
  if (!stored && (await isSpent(tx, spend.hash))) await revokeFamily(tx, familyId)
  return stored
}

import { platform, type WriteTx } from '@arv/database'
import type { Caller } from '@arv/identity'
import { networkOf } from '@arv/rate-limits'
import { failure, type Failure, invalid } from '@arv/subgraph'
import type { TenancyDeps } from '../tenancy-deps.ts'
import { findCompanyToTell } from '../passwords/passwords.repository.ts'
import { findUsers, type User } from '../users/users.repository.ts'
import { openSession, type Session } from './open-session.ts'
import { countFailedRefresh, refreshWait } from './refresh-attempt.ts'
import { makeOneTimeToken, readOneTimeToken } from '../tokens/one-time-token.ts'
import {
  findTokenUserId,
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

type Deps = Pick<
  TenancyDeps,
  'database' | 'events' | 'logger' | 'accessTokens' | 'attemptLimits' | 'refreshTokenTtlSeconds'
>

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
    const ttlSeconds = deps.refreshTokenTtlSeconds
    const went = hash ? await goOn(tx, { hash, successor: next.hash, ttlSeconds }) : NOWHERE
    if (went.kind === 'ended') await countFailedRefresh(tx, deps.attemptLimits, network)
    return went
  })
  switch (outcome.kind) {
    case 'refused':
      return tooManyAttempts(outcome.wait)
    case 'ended':
      if (outcome.stolenFrom !== undefined) await tellOfTheft(deps, caller, outcome.stolenFrom)
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

/** How far a token led; `stolenFrom` is whose session has ended with it. */
type Outcome =
  | { readonly kind: 'opened'; readonly user: User; readonly stored: StoredToken }
  | { readonly kind: 'ended'; readonly stolenFrom?: number | undefined }

const NOWHERE: Outcome = { kind: 'ended' }

async function goOn(tx: WriteTx, spend: Spend): Promise<Outcome> {
  const familyId = await lockFamily(tx, spend.hash)
  if (familyId === undefined) return NOWHERE
  const stored = await spendToken(tx, spend)
  if (!stored) {
    const isStolen = (await isSpent(tx, spend.hash)) && (await revokeFamily(tx, familyId))
    return isStolen ? { kind: 'ended', stolenFrom: await findTokenUserId(tx, spend.hash) } : NOWHERE
  }
  await forgetExpiredTokens(tx)
  const [user] = await findUsers(tx, [stored.userId])
  return user ? { kind: 'opened', user, stored } : NOWHERE
}

/** Gateways end the session's sockets at once. By itself it has ended: they would notice a little later. */
async function tellOfTheft(
  { database, events, logger }: Deps,
  { requestId }: Caller,
  userId: number,
): Promise<void> {
  logger.warn({ userId, requestId }, 'a spent refresh token was used again: its session has ended')
  try {
    const companyId = await database.read(platform({ kind: 'nobody' }), (tx) => findCompanyToTell(tx, userId))
    if (companyId === undefined) return
    await database.write(platform({ kind: 'user', userId }, companyId), (tx) =>
      events.append(tx, { type: 'principal.changed', subject: { type: 'user', id: userId }, payload: {} }),
    )
  } catch (error) {
    logger.warn({ err: error, requestId }, 'gateways were not told that a session has ended')
  }
}

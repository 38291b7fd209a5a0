import { randomUUID } from 'node:crypto'
import { platform } from '@arv/database'
import { NOBODYS_PASSWORD_HASH } from '@arv/identity'
import { failure, type Failure, invalid } from '@arv/subgraph'
import type { TenancyDeps } from '../tenancy-deps.ts'
import { findCredentials, findUserWithPassword } from '../users/users.repository.ts'
import { openSession, type Session } from './open-session.ts'
import { makeRefreshToken } from './refresh-token.ts'
import { forgetExpiredTokens, startFamily } from './sessions.repository.ts'

interface OpenedSession {
  readonly session: Session
  readonly userErrors: []
}

const REFUSED = failure(invalid(null, 'The e-mail address or the password is not right.'))

/** Opens a session. Whoever is unknown, has no password or gives a wrong one gets one answer, at the cost of one hash. */
export async function signIn(
  deps: Pick<TenancyDeps, 'database' | 'passwords' | 'accessTokens' | 'refreshTokenTtlSeconds'>,
  { email, password }: { readonly email: string; readonly password: string },
): Promise<OpenedSession | Failure> {
  const { database, passwords, refreshTokenTtlSeconds: ttlSeconds } = deps
  const known = await database.read(platform({ kind: 'nobody' }), (tx) => findCredentials(tx, email))
  const hash = known?.passwordHash ?? NOBODYS_PASSWORD_HASH
  const matches = await passwords.verify(password, hash)
  if (!known || !matches) return REFUSED

  const refresh = makeRefreshToken()
  const opened = await database.write(platform({ kind: 'user', userId: known.user.id }), async (tx) => {
    // The hash took its time: a password that was changed meanwhile opens nothing.
    const user = await findUserWithPassword(tx, known.user.id, hash)
    if (!user) return null
    await forgetExpiredTokens(tx)
    const family = { userId: user.id, familyId: randomUUID(), hash: refresh.hash, ttlSeconds }
    return { user, stored: await startFamily(tx, family) }
  })
  if (!opened) return REFUSED
  return { session: await openSession(deps, opened.user, refresh, opened.stored), userErrors: [] }
}

import { randomUUID } from 'node:crypto'
import { platform } from '@arv/database'
import { type Caller, NOBODYS_PASSWORD_HASH } from '@arv/identity'
import { networkOf } from '@arv/rate-limits'
import { failure, type Failure, invalid } from '@arv/subgraph'
import type { TenancyDeps } from '../tenancy-deps.ts'
import { type Credentials, findCredentials, findUserWithPassword } from '../users/users.repository.ts'
import { openSession, type Session } from './open-session.ts'
import { makeOneTimeToken } from '../tokens/one-time-token.ts'
import { forgetExpiredTokens, startFamily } from './sessions.repository.ts'
import { beginSignIn, forgiveSuccess, forgiveUnchecked, type SignInAttempt } from './sign-in-attempt.ts'
import { tooManyAttempts } from './too-many-attempts.ts'

interface OpenedSession {
  readonly session: Session
  readonly userErrors: []
}

interface SignIn {
  readonly email: string
  readonly password: string
}

type Deps = Pick<
  TenancyDeps,
  'database' | 'passwords' | 'accessTokens' | 'attemptLimits' | 'signInTurns' | 'refreshTokenTtlSeconds'
>

const NOBODY = platform({ kind: 'nobody' })
const REFUSED = failure(invalid(null, 'The e-mail address or the password is not right.'))

/**
 * Opens a session. Whoever is unknown, has no password or gives a wrong one gets one answer, at the cost of one hash;
 * and so do those who have failed too often, before any hash.
 */
export async function signIn(
  deps: Deps,
  caller: Caller,
  { email, password }: SignIn,
): Promise<OpenedSession | Failure> {
  const network = networkOf(caller.client.ipAddress)
  const begun = await deps.signInTurns(() =>
    deps.database.write(NOBODY, async (tx) => {
      const known = await findCredentials(tx, email)
      return { admission: await beginSignIn(tx, deps.attemptLimits, { email, network }), known }
    }),
  )
  if (begun.admission.kind === 'refused') return tooManyAttempts(begun.admission.waitSeconds)
  const { attempt } = begun.admission
  const checked = await checkPassword(deps, attempt, { password, known: begun.known })
  return checked === null ? REFUSED : open(deps, attempt, checked)
}

/** Whose password it is, as far as can be told; null when it is nobody's. */
async function checkPassword(
  { database, passwords }: Deps,
  attempt: SignInAttempt,
  { password, known }: { readonly password: string; readonly known: Credentials | undefined },
): Promise<{ readonly userId: number; readonly passwordHash: string } | null> {
  const passwordHash = known?.passwordHash ?? NOBODYS_PASSWORD_HASH
  try {
    const matches = await passwords.verify(password, passwordHash)
    return known && matches ? { userId: known.user.id, passwordHash } : null
  } catch (error) {
    await database.write(NOBODY, (tx) => forgiveUnchecked(tx, attempt))
    throw error
  }
}

async function open(
  deps: Deps,
  attempt: SignInAttempt,
  { userId, passwordHash }: { readonly userId: number; readonly passwordHash: string },
): Promise<OpenedSession | Failure> {
  const refresh = makeOneTimeToken()
  const opened = await deps.database.write(platform({ kind: 'user', userId }), async (tx) => {
    // The hash took its time: a password that was changed meanwhile opens nothing.
    const user = await findUserWithPassword(tx, userId, passwordHash)
    if (!user) return null
    await forgiveSuccess(tx, attempt)
    await forgetExpiredTokens(tx)
    const ttlSeconds = deps.refreshTokenTtlSeconds
    const family = { userId: user.id, familyId: randomUUID(), hash: refresh.hash, ttlSeconds }
    return { user, stored: await startFamily(tx, family) }
  })
  if (!opened) return REFUSED
  return { session: await openSession(deps, opened.user, refresh, opened.stored), userErrors: [] }
}

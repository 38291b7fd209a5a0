import { platform } from '@arv/database'
import { type Caller, NOBODYS_PASSWORD_HASH } from '@arv/identity'
import { networkOf } from '@arv/rate-limits'
import { failure, type Failure, invalid, unauthenticated, type UserError } from '@arv/subgraph'
import { userActor } from '@arv/subgraph/access'
import {
  beginSignIn,
  forgiveSuccess,
  forgiveUnchecked,
  type SignInAttempt,
} from '../sessions/sign-in-attempt.ts'
import { tooManyAttempts } from '../sessions/too-many-attempts.ts'
import type { TenancyDeps } from '../tenancy-deps.ts'
import { findCredentialsById, findUsers, type User } from '../users/users.repository.ts'
import { announcePassword } from './announce-password.ts'
import { deleteResets } from './password-resets.repository.ts'
import { passwordProblem } from './password.ts'
import { endSessions, findCompanyToTell, setPassword } from './passwords.repository.ts'

interface Change {
  readonly currentPassword: string
  readonly newPassword: string
}

interface Changed {
  readonly user: User
  readonly userErrors: []
}

type Deps = Pick<
  TenancyDeps,
  'database' | 'events' | 'passwords' | 'attemptLimits' | 'signInTurns' | 'logger'
>

const NOBODY = platform({ kind: 'nobody' })
const WRONG = failure(invalid('currentPassword', 'This is not your password.'))

/**
 * Changes the caller's password and ends all their sessions but the one that asks. A wrong current password counts as
 * an attempt to sign in: a session that was left open is no way to guess it.
 */
export async function changePassword(
  deps: Deps,
  caller: Caller,
  { currentPassword, newPassword }: Change,
): Promise<Changed | Failure> {
  const { userId } = userActor(caller)
  const problem = changeProblem(currentPassword, newPassword)
  if (problem) return failure(problem)
  const network = networkOf(caller.client.ipAddress)
  const begun = await deps.signInTurns(() =>
    deps.database.write(NOBODY, async (tx) => {
      const known = await findCredentialsById(tx, userId)
      if (!known) throw unauthenticated()
      const { email } = known.user
      const admission = await beginSignIn(tx, deps.attemptLimits, { email, network })
      return { admission, known, companyId: await findCompanyToTell(tx, userId) }
    }),
  )
  if (begun.admission.kind === 'refused') return tooManyAttempts(begun.admission.waitSeconds)
  const { attempt } = begun.admission
  const { companyId } = begun
  const checkedHash = begun.known.passwordHash ?? NOBODYS_PASSWORD_HASH
  const passwordHash = await hashIfRight(deps, attempt, { currentPassword, newPassword, checkedHash })
  if (passwordHash === null) return WRONG

  return deps.database.write(platform({ kind: 'user', userId }, companyId), async (tx) => {
    if (!(await setPassword(tx, userId, { passwordHash, checkedHash }))) return WRONG
    await forgiveSuccess(tx, attempt)
    await endSessions(tx, userId, familyOf(caller))
    await deleteResets(tx, userId)
    await announcePassword(tx, deps, caller, { userId, companyId, how: 'by the current one' })
    const [user] = await findUsers(tx, [userId])
    if (!user) throw new Error('a user whose password was set is not there')
    return { user, userErrors: [] }
  })
}

function changeProblem(currentPassword: string, newPassword: string): UserError | null {
  if (newPassword === currentPassword) return invalid('newPassword', 'Give another password than before.')
  return passwordProblem('newPassword', newPassword)
}

/** The new password's hash; null when the current one is wrong. */
async function hashIfRight(
  { database, passwords }: Deps,
  attempt: SignInAttempt,
  { currentPassword, newPassword, checkedHash }: Change & { readonly checkedHash: string },
): Promise<string | null> {
  try {
    const isRight = await passwords.verify(currentPassword, checkedHash)
    return isRight ? await passwords.hash(newPassword) : null
  } catch (error) {
    await database.write(NOBODY, (tx) => forgiveUnchecked(tx, attempt))
    throw error
  }
}

function familyOf({ principal }: Caller): string | undefined {
  return principal.kind === 'user' ? principal.familyId : undefined
}

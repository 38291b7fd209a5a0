import { platform, type WriteTx } from '@arv/database'
import type { Caller } from '@arv/identity'
import { networkOf } from '@arv/rate-limits'
import { failure, type Failure, invalid } from '@arv/subgraph'
import { forgetAccountAttempts } from '../sessions/attempts.repository.ts'
import { countFailedRefresh, refreshWait } from '../sessions/refresh-attempt.ts'
import { tooManyAttempts } from '../sessions/too-many-attempts.ts'
import type { TenancyDeps } from '../tenancy-deps.ts'
import { readOneTimeToken } from '../tokens/one-time-token.ts'
import { confirmEmail } from '../users/users.repository.ts'
import { announcePassword } from './announce-password.ts'
import { deleteResets, findResetUserId, spendReset } from './password-resets.repository.ts'
import { passwordProblem } from './password.ts'
import { endSessions, findCompanyToTell, setPassword } from './passwords.repository.ts'

interface Reset {
  readonly token: string
  readonly newPassword: string
}

type Deps = Pick<TenancyDeps, 'database' | 'events' | 'passwords' | 'attemptLimits' | 'logger'>

const NO_LINK = failure(
  invalid(
    'token',
    'This link is not good, or no longer: it works once and for an hour. Ask for another one.',
  ),
)

/** Sets a new password by a link from a letter, and ends every session: whoever knew the old one may have opened them. */
export async function resetPassword(
  deps: Deps,
  caller: Caller,
  { token, newPassword }: Reset,
): Promise<{ readonly userErrors: [] } | Failure> {
  const problem = passwordProblem('newPassword', newPassword)
  if (problem) return failure(problem)
  const hash = readOneTimeToken(token)
  const network = networkOf(caller.client.ipAddress)
  const link = await deps.database.write(platform({ kind: 'nobody' }), (tx) =>
    look(tx, deps, { hash, network }),
  )
  if (link.kind === 'refused') return tooManyAttempts(link.waitSeconds)
  if (link.kind === 'none' || hash === null) return NO_LINK

  const { userId, companyId } = link
  const passwordHash = await deps.passwords.hash(newPassword)
  return deps.database.write(platform({ kind: 'user', userId }, companyId), async (tx) => {
    // The hash took its time: of two who use the link at once, one was faster.
    if (!(await spendReset(tx, hash))) return NO_LINK
    await setPassword(tx, userId, { passwordHash })
    await confirmEmail(tx, userId)
    await endSessions(tx, userId)
    await deleteResets(tx, userId)
    await forgetAccountAttempts(tx, userId)
    await announcePassword(tx, deps, caller, { userId, companyId, how: 'by a mailed link' })
    return { userErrors: [] }
  })
}

type Look =
  | { readonly kind: 'found'; readonly userId: number; readonly companyId: number | undefined }
  | { readonly kind: 'none' }
  | { readonly kind: 'refused'; readonly waitSeconds: number }

/** Whose link it is, before anything is hashed. Tokens that are none are counted with those that refresh no session. */
async function look(
  tx: WriteTx,
  { attemptLimits }: Pick<Deps, 'attemptLimits'>,
  { hash, network }: { readonly hash: Buffer | null; readonly network: string },
): Promise<Look> {
  const waitSeconds = await refreshWait(tx, network)
  if (waitSeconds > 0) return { kind: 'refused', waitSeconds }
  const userId = hash === null ? undefined : await findResetUserId(tx, hash)
  if (userId !== undefined) return { kind: 'found', userId, companyId: await findCompanyToTell(tx, userId) }
  await countFailedRefresh(tx, attemptLimits, network)
  return { kind: 'none' }
}

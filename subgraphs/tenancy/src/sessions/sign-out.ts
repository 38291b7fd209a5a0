import { platform } from '@arv/database'
import type { Caller } from '@arv/identity'
import { findCompanyToTell } from '../passwords/passwords.repository.ts'
import type { TenancyDeps } from '../tenancy-deps.ts'
import { readOneTimeToken } from '../tokens/one-time-token.ts'
import { findTokenUserId, lockFamily, revokeFamily } from './sessions.repository.ts'

type Deps = Pick<TenancyDeps, 'database' | 'events' | 'logger'>

/** Ends the session of a refresh token, spent ones included. Says the same for a token that nobody has. */
export async function signOut(
  deps: Deps,
  caller: Caller,
  { refreshToken }: { readonly refreshToken: string },
): Promise<{ readonly userErrors: [] }> {
  const hash = readOneTimeToken(refreshToken)
  if (hash !== null) await endSession(deps, caller, hash)
  return { userErrors: [] }
}

async function endSession(
  { database, events, logger }: Deps,
  { requestId }: Caller,
  hash: Buffer,
): Promise<void> {
  const found = await database.read(platform({ kind: 'nobody' }), async (tx) => {
    const userId = await findTokenUserId(tx, hash)
    return userId === undefined ? null : { userId, companyId: await findCompanyToTell(tx, userId) }
  })
  if (!found) return
  const { userId, companyId } = found
  await database.write(platform({ kind: 'user', userId }, companyId), async (tx) => {
    const familyId = await lockFamily(tx, hash)
    // Once: else whoever has an old token could have gateways told all day.
    if (familyId === undefined || !(await revokeFamily(tx, familyId))) return
    if (companyId !== undefined) {
      await events.append(tx, {
        type: 'principal.changed',
        subject: { type: 'user', id: userId },
        payload: {},
      })
    }
    tx.afterCommit(() => logger.info({ userId, requestId }, 'somebody signed out'))
  })
}

import { platform } from '@arv/database'
import type { Principal } from '@arv/identity'
import type { TenancyDeps } from '../tenancy-deps.ts'
import { endSessions } from '../passwords/passwords.repository.ts'
import { clearPassword, confirmEmail } from '../users/users.repository.ts'
import { findUserPrincipal } from '../users/user-principal.repository.ts'
import { type ExternalIdentity, isLinkedTo, linkByEmail } from './external-identities.repository.ts'

const NOBODY = platform({ kind: 'nobody' })

/**
 * Whom a token of an external issuer stands for. The first one links its subject to the member who has its verified
 * e-mail address; from then on the subject decides, whatever becomes of the address. An administrator of the platform
 * signs in here and nowhere else: an issuer must not be able to say who that is.
 */
export async function externalPrincipal(
  { database, logger }: Pick<TenancyDeps, 'database' | 'logger'>,
  identity: ExternalIdentity,
  verifiedEmail: string | null,
): Promise<Principal | null> {
  const known = await database.read(NOBODY, (tx) => findUserPrincipal(tx, isLinkedTo(identity)))
  if (known || verifiedEmail === null) return known
  return database.write(NOBODY, async (tx) => {
    const userId = await linkByEmail(tx, identity, verifiedEmail)
    if (userId !== undefined) {
      // Whoever made the account chose its password: it is not theirs any more whose address this is.
      if (await confirmEmail(tx, userId)) {
        await clearPassword(tx, userId)
        await endSessions(tx, userId)
      }
      tx.afterCommit(() => logger.info({ userId, ...identity }, 'a user was linked to an external identity'))
    }
    // Also when nothing was linked: another request may have done it a moment ago.
    return findUserPrincipal(tx, isLinkedTo(identity))
  })
}

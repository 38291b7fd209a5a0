import { platform } from '@arv/database'
import type { Principal } from '@arv/identity'
import { z } from 'zod'
import { findKeyPrincipal, noteUse } from '../api-keys/api-keys.repository.ts'
import { externalPrincipal } from '../external-identity/external-principal.ts'
import type { TenancyDeps } from '../tenancy-deps.ts'
import { findPrincipal } from '../sessions/sessions.repository.ts'

const inputSchema = z.union([
  z.strictObject({ userId: z.int().positive(), familyId: z.uuid() }),
  z.strictObject({ apiKeyHash: z.base64url() }),
  z.strictObject({ issuer: z.string(), subject: z.string(), verifiedEmail: z.string().nullable() }),
])

const NOBODY = platform({ kind: 'nobody' })

/**
 * The internal command `principal`: who an access token, an API key or an external issuer's token stands for, now. Null
 * when the user is gone, or the session was signed out or has expired, or the key is not known, revoked or expired, or
 * the external identity is nobody's here.
 *
 * @throws Error when the input has another shape
 */
export function principalCommand({ database, logger }: Pick<TenancyDeps, 'database' | 'logger'>) {
  async function ofKey(hash: Buffer): Promise<Principal | null> {
    const found = await database.read(NOBODY, (tx) => findKeyPrincipal(tx, hash))
    if (!found) return null
    const { principal, isStale } = found
    if (isStale) {
      // Nobody waits for it, and a use that is not noted does no harm.
      database
        .write(NOBODY, (tx) => noteUse(tx, principal.apiKeyId))
        .catch((error: unknown) => logger.warn({ err: error }, 'The use of an API key was not noted'))
    }
    return principal
  }

  return (input: unknown): Promise<Principal | null> => {
    const asked = inputSchema.parse(input)
    if ('apiKeyHash' in asked) return ofKey(Buffer.from(asked.apiKeyHash, 'base64url'))
    if ('issuer' in asked) {
      const { verifiedEmail, ...identity } = asked
      return externalPrincipal({ database, logger }, identity, verifiedEmail)
    }
    return database.read(NOBODY, (tx) => findPrincipal(tx, asked.userId, asked.familyId))
  }
}

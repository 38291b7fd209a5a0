import type { AccessTokenVerifier, Principal } from '@arv/identity'
import { ANONYMOUS, isApiKey, readApiKey } from '@arv/identity'
import type { Logger } from 'pino'
import type { PrincipalSubject, ResolvePrincipal } from './principals.ts'

/** Who is asking. `session` is null for an anonymous caller. */
interface Identified {
  readonly kind: 'identified'
  readonly principal: Principal
  readonly session: Session | null
}

export interface Session {
  readonly subject: PrincipalSubject
  /** When the token expires; null for a key, whose expiry tenancy knows. */
  readonly expiresAt: Date | null
}

type Authentication =
  | Identified
  /** A token was sent and is not good: never treated as no token. */
  | { readonly kind: 'refused'; readonly message: string }
  /** The token is good, but whose it is can't be found out now. */
  | { readonly kind: 'unavailable' }

/** Takes what an `authorization` header holds: `Bearer <access token or API key>`, or nothing. Never rejects. */
export type Authenticate = (authorization: string | undefined) => Promise<Authentication>

interface Deps {
  readonly accessTokens: AccessTokenVerifier
  readonly resolvePrincipal: ResolvePrincipal
  readonly logger: Logger
}

export function createAuthenticate({ accessTokens, resolvePrincipal, logger }: Deps): Authenticate {
  async function authenticateKey(key: string): Promise<Authentication> {
    const hash = readApiKey(key)
    const subject = { apiKeyHash: hash?.toString('base64url') ?? '' }
    const principal = hash && (await resolvePrincipal(subject))
    if (principal === null) return refused('The API key is not valid, or no longer.')
    return { kind: 'identified', principal, session: { subject, expiresAt: null } }
  }

  return async (authorization) => {
    if (authorization === undefined) return { kind: 'identified', principal: ANONYMOUS, session: null }
    const token = /^Bearer +(\S+) *$/i.exec(authorization)?.[1]
    if (token === undefined) {
      return refused('The authorization must be "Bearer" followed by an access token or an API key.')
    }
    try {
      if (isApiKey(token)) return await authenticateKey(token)
      const verdict = await accessTokens.verify(token)
      if (verdict.kind === 'invalid') {
        return refused(
          verdict.reason === 'expired' ? 'The access token has expired.' : 'The access token is not valid.',
        )
      }
      const subject = { userId: verdict.userId, familyId: verdict.familyId }
      const principal = await resolvePrincipal(subject)
      if (principal === null) return refused('The access token is no longer valid. Sign in again.')
      return { kind: 'identified', principal, session: { subject, expiresAt: verdict.expiresAt } }
    } catch (error) {
      logger.error({ err: error }, 'could not find out whose access token this is')
      return { kind: 'unavailable' }
    }
  }
}

function refused(message: string): Authentication {
  return { kind: 'refused', message }
}

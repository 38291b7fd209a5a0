import type { AccessTokenSubject, AccessTokenVerifier, Principal } from '@arv/identity'
import { ANONYMOUS } from '@arv/identity'
import type { Logger } from 'pino'
import type { ResolvePrincipal } from './principals.ts'

/** Who is asking. `session` is null for an anonymous caller. */
interface Identified {
  readonly kind: 'identified'
  readonly principal: Principal
  readonly session: Session | null
}

export interface Session {
  readonly subject: AccessTokenSubject
  readonly expiresAt: Date
}

type Authentication =
  | Identified
  /** A token was sent and is not good: never treated as no token. */
  | { readonly kind: 'refused'; readonly message: string }
  /** The token is good, but whose it is can't be found out now. */
  | { readonly kind: 'unavailable' }

/** Takes what an `authorization` header holds: `Bearer <access token>`, or nothing. Never rejects. */
export type Authenticate = (authorization: string | undefined) => Promise<Authentication>

interface Deps {
  readonly accessTokens: AccessTokenVerifier
  readonly resolvePrincipal: ResolvePrincipal
  readonly logger: Logger
}

export function createAuthenticate({ accessTokens, resolvePrincipal, logger }: Deps): Authenticate {
  return async (authorization) => {
    if (authorization === undefined) return { kind: 'identified', principal: ANONYMOUS, session: null }
    const token = /^Bearer +(\S+) *$/i.exec(authorization)?.[1]
    if (token === undefined) {
      return refused('The authorization must be "Bearer" followed by an access token.')
    }
    try {
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

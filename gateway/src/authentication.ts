import type { AccessTokenVerifier, ExternalTokenVerifier, Principal, TokenRefusal } from '@arv/identity'
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

/**
 * Takes what an `authorization` header holds: `Bearer` and an access token, the platform's or an external issuer's, or
 * an API key; or nothing. Never rejects.
 */
export type Authenticate = (authorization: string | undefined) => Promise<Authentication>

interface Deps {
  readonly accessTokens: AccessTokenVerifier
  readonly externalTokens?: ExternalTokenVerifier | undefined
  readonly resolvePrincipal: ResolvePrincipal
  readonly logger: Logger
}

export function createAuthenticate({
  accessTokens,
  externalTokens,
  resolvePrincipal,
  logger,
}: Deps): Authenticate {
  async function authenticateKey(key: string): Promise<Authentication> {
    const hash = readApiKey(key)
    const subject = { apiKeyHash: hash?.toString('base64url') ?? '' }
    const principal = hash && (await resolvePrincipal(subject))
    if (principal === null) return refused('The API key is not valid, or no longer.')
    return { kind: 'identified', principal, session: { subject, expiresAt: null } }
  }

  async function authenticateExternal(
    verifier: ExternalTokenVerifier,
    token: string,
  ): Promise<Authentication> {
    const verdict = await verifier.verify(token)
    if (verdict.kind === 'invalid') return refusedToken(verdict.reason)
    const { issuer, subject: name, verifiedEmail, expiresAt } = verdict
    const subject = { issuer, subject: name, verifiedEmail }
    const principal = await resolvePrincipal(subject)
    if (principal === null) return refused(verifiedEmail === null ? NOT_LINKED_UNVERIFIED : NOT_LINKED)
    return { kind: 'identified', principal, session: { subject, expiresAt } }
  }

  async function authenticateOwn(token: string): Promise<Authentication> {
    const verdict = await accessTokens.verify(token)
    if (verdict.kind === 'invalid') return refusedToken(verdict.reason)
    const { userId, familyId, expiresAt } = verdict
    const subject = { userId, familyId }
    const principal = await resolvePrincipal(subject)
    if (principal === null) return refused('The access token is no longer valid. Sign in again.')
    return { kind: 'identified', principal, session: { subject, expiresAt } }
  }

  return async (authorization) => {
    if (authorization === undefined) return { kind: 'identified', principal: ANONYMOUS, session: null }
    const token = /^Bearer +(\S+) *$/i.exec(authorization)?.[1]
    if (token === undefined) {
      return refused('The authorization must be "Bearer" followed by an access token or an API key.')
    }
    try {
      if (isApiKey(token)) return await authenticateKey(token)
      if (externalTokens?.claims(token)) return await authenticateExternal(externalTokens, token)
      return await authenticateOwn(token)
    } catch (error) {
      logger.error({ err: error }, 'could not find out whose access token this is')
      return { kind: 'unavailable' }
    }
  }
}

const NOT_LINKED =
  'The access token is good, but stands for nobody here: a member who has its e-mail address, and is not linked to another account of its issuer, is expected.'
const NOT_LINKED_UNVERIFIED =
  'The access token is good, but stands for nobody here: it holds no e-mail address that its issuer has verified, by which a member would be found.'

function refusedToken(reason: TokenRefusal): Authentication {
  return refused(reason === 'expired' ? 'The access token has expired.' : 'The access token is not valid.')
}

function refused(message: string): Authentication {
  return { kind: 'refused', message }
}

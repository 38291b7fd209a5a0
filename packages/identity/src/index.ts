export { ANONYMOUS } from './caller.ts'
export type { Caller, ClientInfo, Membership, Principal, Role } from './caller.ts'
export { isApiKey, makeApiKey, readApiKey } from './api-key.ts'
export type { ApiKeySecret } from './api-key.ts'
export { denialOf, PERMISSIONS } from './permissions.ts'
export type { Action, Denial, Requirement } from './permissions.ts'
export { isSecretName } from './secret-names.ts'
export { standingIn, visibleCompanyIds } from './standing.ts'
export type { Standing } from './standing.ts'
export { principalSchema } from './principal.ts'
export { generateSigningKey, publicJwksOf, readPublicJwks } from './signing-key.ts'
export type { TokenRefusal } from './token-refusal.ts'
export { createAccessTokenIssuer, createAccessTokenVerifier, PLATFORM_TOKENS } from './access-token.ts'
export type {
  AccessTokenIssuer,
  AccessTokenSubject,
  AccessTokenVerdict,
  AccessTokenVerifier,
} from './access-token.ts'
export { createExternalTokenVerifier } from './external-token.ts'
export type {
  ExternalIssuer,
  ExternalSubject,
  ExternalTokenVerdict,
  ExternalTokenVerifier,
} from './external-token.ts'
export { KeysUnavailableError } from './remote-keys.ts'
export { createInternalTokenSigner, createInternalTokenVerifier, subgraphAudience } from './internal-token.ts'
export type { InternalTokenSigner, InternalTokenVerdict, InternalTokenVerifier } from './internal-token.ts'
export { hashPassword, NOBODYS_PASSWORD_HASH, verifyPassword } from './password.ts'

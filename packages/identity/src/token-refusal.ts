import { errors } from 'jose'

/** Why a token is refused. For logs and for "sign in again" (`expired`); a client is told no more than that. */
export type TokenRefusal =
  | 'malformed'
  | 'wrongType'
  | 'wrongAlgorithm'
  | 'unknownKey'
  | 'badSignature'
  | 'expired'
  | 'wrongIssuer'
  | 'wrongAudience'
  | 'badClaims'

/** Names what jose found wrong; rethrows what isn't about the token. */
export function tokenRefusalOf(error: unknown): TokenRefusal {
  if (error instanceof errors.JWTExpired) return 'expired'
  if (error instanceof errors.JWTClaimValidationFailed) return refusalOfClaim(error.claim)
  if (error instanceof errors.JOSEAlgNotAllowed) return 'wrongAlgorithm'
  if (error instanceof errors.JWKSNoMatchingKey) return 'unknownKey'
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'badSignature'
  if (error instanceof errors.JOSEError) return 'malformed'
  throw error
}

function refusalOfClaim(claim: string): TokenRefusal {
  switch (claim) {
    case 'iss':
      return 'wrongIssuer'
    case 'aud':
      return 'wrongAudience'
    case 'typ':
      return 'wrongType'
    default:
      return 'badClaims'
  }
}

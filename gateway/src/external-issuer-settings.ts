import type { ExternalIssuer } from '@arv/identity'
import { PLATFORM_TOKENS } from '@arv/identity'
import { z } from 'zod'

const text = z.string().trim().min(1)

/** The variables that name an issuer elsewhere whose tokens are accepted, too: docs/authentication.md. */
export const EXTERNAL_ISSUER_VARIABLES = {
  AUTH_ISSUER: text
    .refine((issuer) => issuer !== PLATFORM_TOKENS.issuer, 'this is what the platform calls itself')
    .optional(),
  AUTH_AUDIENCE: text.optional(),
  AUTH_JWKS_URL: z
    .url({ protocol: /^https?$/, error: 'an http:// or https:// address is expected' })
    .optional(),
}

const schema = z.object(EXTERNAL_ISSUER_VARIABLES)
type Variables = z.infer<typeof schema>

/**
 * The issuer that the variables name, which `EXTERNAL_ISSUER_VARIABLES` has read; undefined for none.
 *
 * @throws Error with a sentence, when some are set and some are not
 */
export function externalIssuerOf(variables: Variables): ExternalIssuer | undefined {
  const { AUTH_ISSUER: issuer, AUTH_AUDIENCE: audience, AUTH_JWKS_URL: jwksUrl } = variables
  if (issuer !== undefined && audience !== undefined && jwksUrl !== undefined) {
    return { issuer, audience, jwksUrl }
  }
  if (issuer ?? audience ?? jwksUrl) {
    throw new Error(
      'Of AUTH_ISSUER, AUTH_AUDIENCE, AUTH_JWKS_URL some are set and some are not: set all or none.',
    )
  }
  return undefined
}

/** The variables that name it. */
export function externalIssuerToVariables(
  issuer: ExternalIssuer | undefined,
): Readonly<Record<string, string>> {
  if (!issuer) return {}
  return {
    AUTH_ISSUER: issuer.issuer,
    AUTH_AUDIENCE: issuer.audience,
    AUTH_JWKS_URL: issuer.jwksUrl,
  }
}

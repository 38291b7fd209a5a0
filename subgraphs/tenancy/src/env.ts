import { publicJwksOf } from '@arv/identity'
import { z } from 'zod'
import { CHANNEL_VARIABLES } from './notifications/channel-variables.ts'
import { ATTEMPT_VARIABLES } from './sessions/attempt-variables.ts'

/** An Ed25519 private key in JWK form, as JSON text. */
const signingKey = z.string().refine((text) => {
  try {
    publicJwksOf(text)
    return true
  } catch {
    return false
  }
}, 'an Ed25519 private key in JWK form is expected')

const webUrl = z.url({ protocol: /^https?$/, error: 'an http:// or https:// address is expected' })
const seconds = z.coerce.number().int().min(1)

/** Tenancy's own variables in the many-process shape; those of every subgraph are in @arv/subgraph. */
export const tenancyEnv = z.object({
  /** Signs what tenancy says to media. */
  ARV_INTERNAL_SIGNING_KEY: signingKey,
  ARV_ACCESS_TOKEN_SIGNING_KEY: signingKey,
  ARV_ACCESS_TOKEN_TTL_SECONDS: seconds.default(900),
  ARV_REFRESH_TOKEN_TTL_SECONDS: seconds.default(30 * 24 * 3600),
  ...ATTEMPT_VARIABLES,
  ...CHANNEL_VARIABLES,
  ARV_PUBLIC_URL: webUrl,
  MEDIA_URL: webUrl,
})

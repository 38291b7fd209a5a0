import { z } from 'zod'
import { MEDIA_LIMITS } from './limits.ts'

const bytes = z.coerce.number().int().positive()

/** The variables of a media process, beside those that every subgraph has. */
export const mediaEnv = z.object({
  ARV_DATA_DIR: z.string().min(1),
  ARV_PUBLIC_URL: z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, '')),
  ARV_URL_SIGNING_KEY: z.string().min(32, 'at least 32 characters are expected'),
  ARV_MAX_IMAGE_BYTES: bytes.default(MEDIA_LIMITS.maxImageBytes),
  ARV_MAX_VIDEO_BYTES: bytes.default(MEDIA_LIMITS.maxVideoBytes),
})

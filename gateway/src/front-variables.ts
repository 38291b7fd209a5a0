import { z } from 'zod'
import { proxyTrust } from './client-info.ts'
import { isOrigin } from './cors.ts'

/** What a front door is told of the world around it: the same for the gateway alone and for all in one. */
export const FRONT_VARIABLES = {
  // A word that is none of these would be development, which is open.
  NODE_ENV: z.enum(['production', 'development', 'test']).optional(),
  ARV_TRUSTED_PROXIES: z
    .string()
    .default('')
    .transform((list) => list.split(',').flatMap((item) => item.trim() || []))
    .refine(areProxies, 'IP addresses, CIDR ranges or "loopback" are expected'),
  ARV_STORAGE_ORIGINS: z
    .string()
    .default('')
    .transform((list) => list.split(',').flatMap((item) => item.trim() || []))
    .refine((list) => list.every(isOrigin), 'origins such as https://files.example are expected'),
}

function areProxies(list: readonly string[]): boolean {
  try {
    proxyTrust(list)
    return true
  } catch {
    return false
  }
}

import { z } from 'zod'
import { proxyTrust } from './client-info.ts'

/** Who may say who the client is, and in which mode a process runs: the same for the gateway alone and for all in one. */
export const FRONT_VARIABLES = {
  // A word that is none of these would be development, which is open.
  NODE_ENV: z.enum(['production', 'development', 'test']).optional(),
  ARV_TRUSTED_PROXIES: z
    .string()
    .default('')
    .transform((list) => list.split(',').flatMap((item) => item.trim() || []))
    .refine(areProxies, 'IP addresses, CIDR ranges or "loopback" are expected'),
}

function areProxies(list: readonly string[]): boolean {
  try {
    proxyTrust(list)
    return true
  } catch {
    return false
  }
}

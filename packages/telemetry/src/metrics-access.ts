import { createHash, timingSafeEqual } from 'node:crypto'
import { isIP } from 'node:net'

/** Who may read a server's metrics. */
export interface MetricsAccess {
  /** ARV_METRICS_TOKEN: whoever sends it as a bearer token. */
  readonly token: string | undefined
  /** Without a token: whether programs on the same machine may. Not in production, where that may be a proxy. */
  readonly openToThisMachine: boolean
}

interface Asking {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** The other end of the connection. */
  readonly address: string | undefined
}

type Verdict = 'allowed' | 'needs token' | 'hidden'

const PROXIED = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip']

/** Metrics tell how busy a platform is and with what: they are not for strangers. */
export function mayReadMetrics(
  { headers, address }: Asking,
  { token, openToThisMachine }: MetricsAccess,
): Verdict {
  if (token !== undefined) {
    const given = /^Bearer +(\S+) *$/i.exec(String(headers['authorization'] ?? ''))?.[1]
    return given !== undefined && areEqual(given, token) ? 'allowed' : 'needs token'
  }
  const isProxied = PROXIED.some((name) => headers[name] !== undefined)
  return openToThisMachine && !isProxied && isLoopback(address) ? 'allowed' : 'hidden'
}

function isLoopback(address: string | undefined): boolean {
  const plain = address?.replace(/^::ffff:/i, '') ?? ''
  return plain === '::1' || (isIP(plain) === 4 && plain.startsWith('127.'))
}

/** Of digests, because what is compared in constant time must be equally long. */
function areEqual(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}

import type { IncomingMessage } from 'node:http'
import type { ClientInfo } from '@arv/identity'
import proxyAddr from '@fastify/proxy-addr'

const LONGEST_USER_AGENT = 512

export type ProxyTrust = (address: string, hop: number) => boolean

/**
 * Decides which peers may say, in `x-forwarded-for`, who the client is.
 *
 * @param addresses - IP addresses, CIDR ranges or `loopback`, `linklocal`, `uniquelocal`; none: nobody is believed.
 * @throws TypeError for an address that is none of these.
 */
export function proxyTrust(addresses: readonly string[]): ProxyTrust {
  return proxyAddr.compile([...addresses])
}

/** Who is at the other end. Used for plain requests and WebSocket upgrades alike, so that both agree. */
export function clientInfoOf(request: IncomingMessage, trust: ProxyTrust): ClientInfo {
  return {
    ipAddress: proxyAddr(request, trust) || null,
    userAgent: request.headers['user-agent']?.slice(0, LONGEST_USER_AGENT) ?? null,
  }
}

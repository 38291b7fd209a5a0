import ipaddr from 'ipaddr.js'

/** Whoever has one address of a /64 has them all (RFC 6177, RFC 8981), so IPv6 is counted by that. */
const NETWORK_BITS = 64

/**
 * What an IP address counts as: an IPv4 address by itself, also when it comes as `::ffff:192.0.2.1`; an IPv6 address
 * by its /64. Everything that is no address, and null, counts as one: `unknown`.
 *
 * @example networkOf('2001:db8:1:2:a:b:c:d') // '2001:db8:1:2::/64'
 */
export function networkOf(address: string | null): string {
  if (address === null || !ipaddr.isValid(address)) return 'unknown'
  const parsed = ipaddr.process(address)
  if (parsed.kind() === 'ipv4') return parsed.toString()
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${withoutZone(parsed.toString())}/${NETWORK_BITS}`).toString()}/${NETWORK_BITS}`
}

/** `fe80::1%eth0`: which of our interfaces it came in by says nothing of who sent it. */
function withoutZone(address: string): string {
  return address.split('%')[0] ?? address
}

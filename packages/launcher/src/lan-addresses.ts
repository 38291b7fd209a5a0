import type { NetworkInterfaceInfo } from 'node:os'

type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>

/** Of containers, virtual machines and tunnels: no phone is on the other side. */
const VIRTUAL =
  /^(br-|docker|lxc|podman|tap|tun|utun|vbox|veth|virbr|virtualbox|vmnet|vmware|wg|zt|tailscale|ppp|cali|cni|flannel)/i

/** Lower is likelier to be the network that a phone in the same room is in. */
const NETWORKS: readonly RegExp[] = [
  /^192\.168\./,
  /^10\./,
  /^172\.(1[6-9]|2\d|3[01])\./,
  // Whatever is public or a provider's.
  /^(?!169\.254\.)/,
]

/**
 * This machine's IPv4 addresses on local networks, the one that a phone most likely reaches first.
 *
 * @param interfaces - as `networkInterfaces()` of `node:os` gives them
 */
export function lanAddresses(interfaces: Interfaces): string[] {
  const found = Object.entries(interfaces).flatMap(([name, addresses = []]) =>
    addresses
      .filter(({ family, internal }) => family === 'IPv4' && !internal)
      .map(({ address }) => ({ address, rank: rankOf(name, address) })),
  )
  return [...new Set(found.toSorted((one, other) => one.rank - other.rank).map(({ address }) => address))]
}

function rankOf(name: string, address: string): number {
  const network = NETWORKS.findIndex((each) => each.test(address))
  const rank = network === -1 ? NETWORKS.length : network
  return VIRTUAL.test(name) ? rank + NETWORKS.length + 1 : rank
}

import { hostname, networkInterfaces } from 'node:os'
import { isIP } from 'node:net'
import type { TlsIdentity } from '@arv/gateway'
import { lanAddresses } from './lan-addresses.ts'
import { openLanIdentity } from './lan-identity.ts'
import { folderProblem } from './secret-store.ts'
import { EVERY_ADDRESS, type Settings } from './settings.ts'
import { StartUpError } from './start-up-error.ts'

/** How phones in the same network reach ARV. */
export interface Lan {
  readonly tls: TlsIdentity
  /** The likeliest first; at least one. */
  readonly urls: readonly string[]
}

const THIS_MACHINE = ['localhost', '127.0.0.1', '::1']
const HOST_NAME = /^[a-z\d]([a-z\d.-]{0,251}[a-z\d])?$/i

/** @throws StartUpError when this machine is in no network, or the data folder can't be used */
export async function openLan(
  { dataDir, host, publicUrl }: Pick<Settings, 'dataDir' | 'host' | 'publicUrl'>,
  port: number,
): Promise<Lan> {
  const hosts = host === EVERY_ADDRESS || host === '::' ? lanAddresses(networkInterfaces()) : [host]
  if (hosts.length === 0) {
    throw new StartUpError(
      'This machine has no address on a local network: connect it to one, or start without --lan.',
    )
  }
  const named = [hostname(), ...(publicUrl === undefined ? [] : [new URL(publicUrl).hostname])]
  const names = new Set(
    [...hosts, ...THIS_MACHINE, ...named].filter((name) => isIP(name) > 0 || HOST_NAME.test(name)),
  )
  const tls = await openLanIdentity(dataDir, [...names]).catch((error: unknown) => {
    throw folderProblem(dataDir, error) ?? error
  })
  return { tls, urls: hosts.map((name) => urlOf(name, port)) }
}

function urlOf(host: string, port: number): string {
  return `https://${isIP(host) === 6 ? `[${host}]` : host}:${port}`
}

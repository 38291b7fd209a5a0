import { isIP } from 'node:net'
import { invalid, type UserError } from '@arv/subgraph'

export type DeviceType = 'MOBILE' | 'TABLET' | 'DESKTOP' | 'OTHER'

export type TrackingQuality = 'POOR' | 'FAIR' | 'GOOD'

/** A visit longer than a day is a device that somebody left alone. */
const MAX_DURATION_SECONDS = 86_400
const MAPPED_IPV4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i

/** Why a duration can't be taken; undefined for one that can. */
export function durationProblem(seconds: number): UserError | undefined {
  return seconds < 0 || seconds > MAX_DURATION_SECONDS
    ? invalid('durationSeconds', `A visit lasts from 0 to ${MAX_DURATION_SECONDS} seconds.`)
    : undefined
}

/**
 * The address in a form that PostgreSQL's inet takes, one form for each visitor: an IPv4 address that came over an
 * IPv6 socket is an IPv4 address, and a zone (`%eth0`) means something on our machine only. Null for anything else.
 */
export function visitorAddress(ipAddress: string | null): string | null {
  const [address = ''] = ipAddress?.split('%') ?? []
  const plain = MAPPED_IPV4.exec(address)?.[1] ?? address
  return isIP(plain) === 0 ? null : plain
}

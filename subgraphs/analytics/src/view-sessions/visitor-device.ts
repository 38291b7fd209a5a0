import { parse } from 'bowser'
import type { DeviceType } from './view-session.ts'

/** What a browser says of itself and the device it runs on. */
export interface VisitorDevice {
  readonly userAgent: string | null
  readonly deviceType: DeviceType
  readonly browser: string | null
  readonly os: string | null
}

/** Real ones have 100 to 250 characters; the header may have thousands. */
const MAX_USER_AGENT_LENGTH = 512
const DEVICE_TYPES: Readonly<Record<string, DeviceType>> = {
  mobile: 'MOBILE',
  tablet: 'TABLET',
  desktop: 'DESKTOP',
}

/** Reads a `User-Agent` header. What it doesn't tell is null, its device OTHER. */
export function readVisitorDevice(header: string | null): VisitorDevice {
  const userAgent = header?.slice(0, MAX_USER_AGENT_LENGTH).toWellFormed().replaceAll('\0', '').trim() ?? ''
  // The parser throws on an empty one.
  if (userAgent === '') return { userAgent: null, deviceType: 'OTHER', browser: null, os: null }
  const { browser, os, platform } = parse(userAgent)
  return {
    userAgent,
    deviceType: DEVICE_TYPES[platform.type ?? ''] ?? 'OTHER',
    browser: nameOf(browser),
    os: nameOf(os),
  }
}

function nameOf({ name }: { readonly name?: string | undefined }): string | null {
  return name === undefined || name === '' ? null : name
}

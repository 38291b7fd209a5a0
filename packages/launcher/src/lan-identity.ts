import { createPrivateKey, X509Certificate } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { join } from 'node:path'
import type { TlsIdentity } from '@arv/gateway'
import { generate } from 'selfsigned'

const DAY_MS = 86_400_000
/** Apple's devices take no certificate that lasts more than 825 days. */
const LIFE_DAYS = 365
/** Whoever tries things out for a weekend starts with a certificate that lasts it. */
const RENEW_BEFORE_DAYS = 14
/** A phone whose clock is behind must not find a certificate of the future. */
const CLOCK_SKEW_MS = DAY_MS

/**
 * The certificate with which ARV serves the local network, signed by itself, and its key. They stay in the data folder,
 * so that a phone which was told to trust the certificate is not asked again, until it ends soon or lacks a name.
 *
 * @param names - host names and IP addresses that it must hold
 */
export async function openLanIdentity(
  dataDir: string,
  names: readonly string[],
  now = new Date(),
): Promise<TlsIdentity> {
  const folder = join(dataDir, 'lan')
  const keyFile = join(folder, 'key.pem')
  const certificateFile = join(folder, 'certificate.pem')
  const kept = await readIdentity(keyFile, certificateFile)
  if (kept && isGood(kept, names, now)) return kept
  const made = await makeIdentity(names, now)
  // One after the other: a mode counts for every folder on the way, and PostgreSQL's user enters the data folder.
  await mkdir(dataDir, { recursive: true })
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await replaceFile(keyFile, made.key)
  await replaceFile(certificateFile, made.certificate)
  return made
}

async function readIdentity(keyFile: string, certificateFile: string): Promise<TlsIdentity | undefined> {
  try {
    const [key, certificate] = await Promise.all([
      readFile(keyFile, 'utf8'),
      readFile(certificateFile, 'utf8'),
    ])
    return { key, certificate }
  } catch {
    return undefined
  }
}

function isGood({ key, certificate }: TlsIdentity, names: readonly string[], now: Date): boolean {
  try {
    const parsed = new X509Certificate(certificate)
    const holds = (name: string) =>
      (isIP(name) > 0 ? parsed.checkIP(name) : parsed.checkHost(name)) !== undefined
    return (
      parsed.validFromDate <= now &&
      parsed.validToDate.getTime() - now.getTime() > RENEW_BEFORE_DAYS * DAY_MS &&
      // The two are written one after the other: a start that died between them left a pair that doesn't fit.
      parsed.checkPrivateKey(createPrivateKey(key)) &&
      names.every(holds)
    )
  } catch {
    return false
  }
}

async function makeIdentity(names: readonly string[], now: Date): Promise<TlsIdentity> {
  const made = await generate([{ name: 'commonName', value: 'ARV on the local network' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(now.getTime() - CLOCK_SKEW_MS),
    notAfterDate: new Date(now.getTime() + LIFE_DAYS * DAY_MS),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: names.map((name) => (isIP(name) > 0 ? { type: 7, ip: name } : { type: 2, value: name })),
      },
    ],
  })
  return { key: made.private, certificate: made.cert }
}

async function replaceFile(file: string, text: string): Promise<void> {
  const aside = `${file}.new`
  // The mode counts for new files only, and one may have been left behind.
  await rm(aside, { force: true })
  await writeFile(aside, text, { mode: 0o600 })
  await rename(aside, file)
}

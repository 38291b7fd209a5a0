import { createHmac, timingSafeEqual } from 'node:crypto'

/** What of a file its address is made of. */
interface AddressedFile {
  readonly publicId: string
  readonly fileName: string
}

/** Addresses of files, and who may use them. */
export interface FileAddresses {
  /** For everybody, as long as something live shows the file. */
  publicUrl(file: AddressedFile): string
  /** For whoever has it, for about an hour. The same within a quarter of an hour, so that browsers can cache. */
  signedUrl(file: AddressedFile, now: Date): string
  /** Whether these two parameters open the file at this moment. */
  isSigned(publicId: string, parameters: { expires: string; signature: string }, now: Date): boolean
}

const QUARTER_SECONDS = 900
const VALID_SECONDS = 3600

/** @param publicUrl of the platform, without a slash at its end */
export function createFileAddresses(config: { publicUrl: string; signingKey: string }): FileAddresses {
  const addressOf = ({ publicId, fileName }: AddressedFile) =>
    `${config.publicUrl}/media/${publicId}/${encodeURIComponent(fileName)}`
  const sign = (publicId: string, expires: string) =>
    createHmac('sha256', config.signingKey).update(`${publicId}\n${expires}`).digest()

  return {
    publicUrl: addressOf,
    signedUrl(file, now) {
      const seconds = Math.floor(now.getTime() / 1000)
      const expires = String(Math.ceil(seconds / QUARTER_SECONDS) * QUARTER_SECONDS + VALID_SECONDS)
      const signature = sign(file.publicId, expires).toString('base64url')
      return `${addressOf(file)}?expires=${expires}&signature=${signature}`
    },
    isSigned(publicId, { expires, signature }, now) {
      if (!/^\d{1,12}$/.test(expires) || Number(expires) * 1000 <= now.getTime()) return false
      const expected = sign(publicId, expires)
      const given = Buffer.from(signature, 'base64url')
      return given.length === expected.length && timingSafeEqual(given, expected)
    },
  }
}

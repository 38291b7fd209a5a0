import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const derive = promisify(argon2)

interface Cost {
  /** Kibibytes. */
  readonly memory: number
  readonly passes: number
  readonly parallelism: number
}

/** OWASP's password storage cheat sheet, first choice for argon2id: about 40 ms on a small server. */
const COST: Cost = { memory: 19_456, passes: 2, parallelism: 1 }
const SALT_BYTES = 16
const HASH_BYTES = 32
const PHC =
  /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,3})\$([A-Za-z0-9+/]{11,64})\$([A-Za-z0-9+/]{22,86})$/

/**
 * A password as it is kept: argon2id (RFC 9106) in PHC form, e.g. `$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>`.
 * Passwords are normalised (NFKC) first, so that the same letters from another keyboard are the same password.
 */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES)
  return toPhc(COST, salt, await digest(password, salt, COST, HASH_BYTES))
}

/**
 * Whether `password` is the one that was hashed, at the cost that the hash names and in constant time.
 * @throws Error when `phc` is not an argon2id hash: that is our mistake, not the user's
 */
export async function verifyPassword(password: string, phc: string): Promise<boolean> {
  const { cost, salt, hash } = fromPhc(phc)
  return timingSafeEqual(await digest(password, salt, cost, hash.length), hash)
}

/**
 * A hash that no password is known for. Verifying against it costs what verifying against a real one does, so that
 * an unknown user and a wrong password take equally long.
 */
export const NOBODYS_PASSWORD_HASH: string = toPhc(COST, randomBytes(SALT_BYTES), randomBytes(HASH_BYTES))

function digest(password: string, salt: Buffer, cost: Cost, tagLength: number): Promise<Buffer> {
  const message = password.normalize('NFKC')
  return derive('argon2id', { message, nonce: salt, tagLength, ...cost })
}

function toPhc({ memory, passes, parallelism }: Cost, salt: Buffer, hash: Buffer): string {
  const base64 = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(salt)}$${base64(hash)}`
}

function fromPhc(phc: string): { cost: Cost; salt: Buffer; hash: Buffer } {
  const [, memory, passes, parallelism, salt, hash] = PHC.exec(phc) ?? []
  if (salt === undefined || hash === undefined)
    throw new Error('The stored password is not an argon2id hash.')
  return {
    cost: { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) },
    salt: Buffer.from(salt, 'base64'),
    hash: Buffer.from(hash, 'base64'),
  }
}

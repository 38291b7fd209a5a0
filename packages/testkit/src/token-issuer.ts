import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import type { CryptoKey, JWK } from 'jose'

interface IssuerKey {
  readonly kid: string
  readonly privateKey: CryptoKey
  readonly publicJwk: JWK
}

/** What a token is to hold beside, or in place of, what a good one holds. */
export interface TokenDraft {
  readonly claims?: Readonly<Record<string, unknown>>
  readonly header?: Readonly<Record<string, string>>
  /** One that the issuer does not publish, unless it is told to. */
  readonly key?: IssuerKey
}

/** An issuer of access tokens as OpenID Connect has them, with its keys on a socket. */
export interface TokenIssuer {
  /** For AUTH_ISSUER. */
  readonly issuer: string
  /** For AUTH_AUDIENCE. */
  readonly audience: string
  /** For AUTH_JWKS_URL. */
  readonly jwksUrl: string
  /** The key that it signs with now. */
  readonly key: IssuerKey
  /** How often its keys were fetched. */
  readonly fetches: number
  /** A token of `ada@example.com`, good for five minutes from now. */
  sign(draft?: TokenDraft): Promise<string>
  /** A key that it does not publish. */
  strangeKey(): Promise<IssuerKey>
  /** Signs with a new key from now on; its keys are the old one and the new one, or the new one alone. */
  rotate(options?: { readonly forgetOld?: boolean }): Promise<void>
  /** Answers requests for its keys with this status, until told `null`. */
  fail(status: number | null): void
  stop(): Promise<void>
}

const ALGORITHM = 'ES256'
const LIFE_SECONDS = 300

/** @example const issuer = await startTokenIssuer(); afterAll(() => issuer.stop()) */
export async function startTokenIssuer(): Promise<TokenIssuer> {
  let keys = [await makeKey()]
  let fetches = 0
  let failure: number | null = null
  const server = createServer((_request, response) => {
    fetches += 1
    if (failure !== null) return void response.writeHead(failure).end()
    response.writeHead(200, { 'content-type': 'application/jwk-set+json' })
    response.end(JSON.stringify({ keys: keys.map(({ publicJwk }) => publicJwk) }))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the issuer has no address')
  const issuer = `http://127.0.0.1:${address.port}`
  const audience = 'arv-api'

  function newest(): IssuerKey {
    const [key] = keys
    if (!key) throw new Error('the issuer has no key')
    return key
  }

  return {
    issuer,
    audience,
    jwksUrl: `${issuer}/jwks.json`,
    get key() {
      return newest()
    },
    get fetches() {
      return fetches
    },
    async sign({ claims = {}, header = {}, key = newest() } = {}) {
      const now = Math.floor(Date.now() / 1000)
      return new SignJWT({
        iss: issuer,
        aud: audience,
        sub: 'ada',
        email: 'ada@example.com',
        email_verified: true,
        iat: now,
        exp: now + LIFE_SECONDS,
        ...claims,
      })
        .setProtectedHeader({ alg: ALGORITHM, typ: 'at+jwt', kid: key.kid, ...header })
        .sign(key.privateKey)
    },
    strangeKey: makeKey,
    async rotate({ forgetOld = false } = {}) {
      keys = [await makeKey(), ...(forgetOld ? [] : keys)]
    },
    fail: (status) => (failure = status),
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function makeKey(): Promise<IssuerKey> {
  const { privateKey, publicKey } = await generateKeyPair(ALGORITHM)
  const kid = randomUUID()
  return { kid, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg: ALGORITHM, use: 'sig' } }
}

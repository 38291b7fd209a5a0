import { createLocalJWKSet, errors } from 'jose'
import type { FlattenedJWSInput, JWSHeaderParameters, JWTVerifyGetKey } from 'jose'

/** The issuer's keys can't be had now, so nothing can be said of a token that they would have to verify. */
export class KeysUnavailableError extends Error {
  constructor(cause: unknown) {
    super('The keys of the external issuer could not be fetched.', { cause })
    this.name = 'KeysUnavailableError'
  }
}

export interface RemoteKeysOptions {
  readonly url: string
  readonly fetch?: typeof globalThis.fetch
  readonly now?: () => Date
}

type Keys = ReturnType<typeof createLocalJWKSet>

/** Between two fetches, whatever is asked for: strangers can name any key. */
const PAUSE_MS = 30_000
/** The same while there are no keys at all yet: without them nobody gets in. */
const FIRST_PAUSE_MS = 5000
/** From then on the next use has them fetched again, and nobody waits for that. */
const FRESH_MS = 600_000
/** For so long keys are believed while their server is away. */
const BELIEVED_MS = 86_400_000
const FETCH_MS = 5000
const LARGEST_SET = 1_000_000

/**
 * The keys of an issuer's JWK set (RFC 7517), fetched when they are first needed, when a token names one that is not
 * known, and when they are ten minutes old; once in 30 seconds at most. What is known stays good for a day while the
 * server that has them is away.
 *
 * jose's own `createRemoteJWKSet` forgets what it has once that is ten minutes old and the server does not answer, and
 * asks at each request a server that fails.
 *
 * @returns what `jwtVerify` takes. It rejects with `JWKSNoMatchingKey` for a key that the set doesn't have, and with
 *   `KeysUnavailableError` for one that it might have if it could be fetched.
 */
export function createRemoteKeys({
  url,
  fetch = globalThis.fetch,
  now = () => new Date(),
}: RemoteKeysOptions): JWTVerifyGetKey {
  let keys: Keys | undefined
  let fetchedAt = -Infinity
  let triedAt = -Infinity
  let failure: unknown
  let running: Promise<void> | undefined

  const time = () => now().getTime()

  /** Never rejects: `failure` says what came of the latest one. */
  function refresh(): Promise<void> {
    if (running) return running
    triedAt = time()
    running = fetchKeys(url, fetch)
      .then((fetched) => {
        keys = fetched
        fetchedAt = time()
        failure = undefined
      })
      .catch((error: unknown) => {
        failure = error
      })
      .finally(() => {
        running = undefined
      })
    return running
  }

  const mayRefresh = () => running !== undefined || time() - triedAt >= (keys ? PAUSE_MS : FIRST_PAUSE_MS)

  async function usableKeys(): Promise<Keys> {
    if (keys && time() - fetchedAt < BELIEVED_MS) {
      if (time() - fetchedAt >= FRESH_MS && mayRefresh()) void refresh()
      return keys
    }
    if (mayRefresh()) await refresh()
    if (!keys || time() - fetchedAt >= BELIEVED_MS) throw new KeysUnavailableError(failure)
    return keys
  }

  return async (header: JWSHeaderParameters, token: FlattenedJWSInput) => {
    const known = await usableKeys()
    try {
      return await known(header, token)
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
      if (mayRefresh()) await refresh()
      if (failure !== undefined) throw new KeysUnavailableError(failure)
      return (await usableKeys())(header, token)
    }
  }
}

async function fetchKeys(url: string, fetch: typeof globalThis.fetch): Promise<Keys> {
  const response = await fetch(url, {
    headers: { accept: 'application/jwk-set+json, application/json' },
    redirect: 'error',
    signal: AbortSignal.timeout(FETCH_MS),
  })
  if (!response.ok) throw new Error(`the key server answered ${response.status}`)
  const text = await response.text()
  if (text.length > LARGEST_SET) throw new Error('the key server answered with too much')
  // It looks whether this is a set of keys.
  return createLocalJWKSet(JSON.parse(text))
}

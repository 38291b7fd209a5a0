import { createExternalTokenVerifier } from '@arv/identity'
import { startTokenIssuer } from '@arv/testkit/token-issuer'
import type { TokenIssuer } from '@arv/testkit/token-issuer'
import { createClient } from 'graphql-ws'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { bearer, SHAPES, startPlatform } from './platform.ts'
import type { Platform } from './platform.ts'

const refusal = (code: string, message: string) => ({ errors: [{ message, extensions: { code } }] })
const NOT_VALID = refusal('UNAUTHENTICATED', 'The access token is not valid.')

describe.for(SHAPES)('a token of an external issuer, in %s,', (shape) => {
  let platform: Platform
  let issuer: TokenIssuer

  beforeAll(async () => {
    issuer = await startTokenIssuer()
    platform = await startPlatform({ shape, deps: { externalTokens: createExternalTokenVerifier(issuer) } })
    platform.people.externals.set('ada', {
      kind: 'user',
      userId: 5,
      isPlatformAdmin: false,
      memberships: [{ companyId: 7, role: 'OWNER' }],
    })
  })
  afterAll(async () => {
    await platform[Symbol.asyncDispose]()
    await issuer.stop()
  })

  const me = (token: string) => platform.graphql('{ me { id } }', { headers: bearer(token) })

  test('is good beside the platform’s own', async () => {
    for (const token of [await issuer.sign(), await platform.token()]) {
      expect(await me(token)).toMatchObject({ status: 200, body: { data: { me: { id: '5' } } } })
    }
  })

  test('that is not good is refused, and never taken for nobody’s', async () => {
    for (const draft of [
      { claims: { aud: 'somebody-else' } },
      { claims: { nbf: 4_000_000_000 } },
      { claims: { sub: undefined } },
      { key: await issuer.strangeKey() },
    ]) {
      expect(await me(await issuer.sign(draft))).toMatchObject({ status: 401, body: NOT_VALID })
    }
    expect(await me(await issuer.sign({ claims: { exp: 1_000_000_000 } }))).toMatchObject({
      status: 401,
      body: refusal('UNAUTHENTICATED', 'The access token has expired.'),
    })
    expect(await me(await issuer.sign({ claims: { iss: 'https://evil.example' } }))).toMatchObject({
      status: 401,
      body: NOT_VALID,
    })
  })

  test('that stands for nobody here is told why', async () => {
    expect(await me(await issuer.sign({ claims: { sub: 'eve' } }))).toMatchObject({
      status: 401,
      body: refusal(
        'UNAUTHENTICATED',
        'The access token is good, but stands for nobody here: a member who has its e-mail address, and is not linked to another account of its issuer, is expected.',
      ),
    })
    const unverified = await issuer.sign({ claims: { sub: 'eve', email_verified: false } })
    expect(await me(unverified)).toMatchObject({
      status: 401,
      body: refusal(
        'UNAUTHENTICATED',
        'The access token is good, but stands for nobody here: it holds no e-mail address that its issuer has verified, by which a member would be found.',
      ),
    })
  })

  test('ends its subscriptions when it expires', async () => {
    const exp = Math.floor(Date.now() / 1000) + 3
    const client = createClient({
      url: `${platform.url.replace('http', 'ws')}/graphql`,
      connectionParams: bearer(await issuer.sign({ claims: { exp } })),
      retryAttempts: 0,
    })
    const closed = Promise.withResolvers<unknown>()
    client.on('closed', closed.resolve)
    const next = client.iterate({ query: 'subscription { contentChanged { title } }' }).next()
    next.catch(() => undefined)
    await vi.waitFor(() => expect(platform.state.subscribers()).toBe(1), { timeout: 2500 })
    expect(await closed.promise).toMatchObject({ code: 4403, reason: 'The access token has expired.' })
    await vi.waitFor(() => expect(platform.state.subscribers()).toBe(0))
  })

  test('whose key can’t be fetched waits for better times; known keys go on', async () => {
    issuer.fail(500)
    expect(await me(await issuer.sign())).toMatchObject({ status: 200 })
    const fresh = await startPlatform({
      shape,
      deps: { externalTokens: createExternalTokenVerifier(issuer) },
    })
    try {
      const answer = await fresh.graphql('{ me { id } }', { headers: bearer(await issuer.sign()) })
      expect(answer).toMatchObject({
        status: 503,
        body: refusal('SERVICE_UNAVAILABLE', 'Your access token can’t be checked at the moment.'),
      })
    } finally {
      await fresh[Symbol.asyncDispose]()
      issuer.fail(null)
    }
  })
})

test('without an external issuer its tokens are no tokens', async () => {
  const issuer = await startTokenIssuer()
  const platform = await startPlatform()
  try {
    const answer = await platform.graphql('{ me { id } }', { headers: bearer(await issuer.sign()) })
    expect(answer).toMatchObject({ status: 401, body: NOT_VALID })
    expect(issuer.fetches).toBe(0)
  } finally {
    await platform[Symbol.asyncDispose]()
    await issuer.stop()
  }
})

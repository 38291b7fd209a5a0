import { createServer } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import {
  createAccessTokenVerifier,
  createInternalTokenSigner,
  createInternalTokenVerifier,
  PLATFORM_TOKENS,
  publicJwksOf,
  subgraphAudience,
} from '@arv/identity'
import { createSubgraphHost } from '@arv/subgraph'
import { createClient } from 'graphql-ws'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fixtureSubgraphs } from './fixture-subgraphs.ts'
import { createForge, encoded, hs256, strangersKey, withPayload } from './forged-tokens.ts'
import { bearer, startPlatform } from './platform.ts'
import type { Platform } from './platform.ts'

const forge = createForge()
const stranger = strangersKey()
const publicJwks = publicJwksOf(forge.privateJwk)
const internalTokens = createInternalTokenSigner({ privateJwk: forge.privateJwk })
const ANN = {
  kind: 'user',
  userId: 5,
  isPlatformAdmin: true,
  memberships: [{ companyId: 7, role: 'OWNER' }],
} as const

let platform: Platform
/** Where forged tokens say that their key is to be found. */
const keyServer = createServer((_request, response) => {
  keysFetched += 1
  response.end(JSON.stringify({ keys: [stranger.jwk] }))
})
let keysFetched = 0

beforeAll(async () => {
  await new Promise<void>((resolve) => void keyServer.listen(0, '127.0.0.1', resolve))
  // One key for all: what keeps kinds of tokens apart must not be that their keys differ.
  platform = await startPlatform({
    deps: { accessTokens: createAccessTokenVerifier({ publicJwks, ...PLATFORM_TOKENS }) },
  })
})
afterAll(async () => {
  keyServer.close()
  await platform[Symbol.asyncDispose]()
})

/** What the gateway answers to it, over HTTP and over WebSocket. */
async function answersTo(token: string) {
  const { status, body } = await platform.graphql('{ me { id } }', { headers: bearer(token) })
  const client = createClient({
    url: `${platform.url.replace('http', 'ws')}/graphql`,
    retryAttempts: 0,
    connectionParams: bearer(token),
  })
  const socket = await client
    .iterate({ query: '{ me { id } }' })
    .next()
    .then(
      ({ value }) => value?.data,
      ({ code, reason }) => ({ code, reason }),
    )
  await client.dispose()
  return { http: { status, data: body.data, message: body.errors?.[0]?.message }, socket }
}

const refusedAs = (message: string) => ({
  http: { status: 401, data: undefined, message },
  socket: { code: 4403, reason: message },
})
const NOT_VALID = refusedAs('The access token is not valid.')
const now = () => Math.floor(Date.now() / 1000)

test('the forged tokens below are good but for what they forge', async () => {
  expect(await answersTo(forge.token())).toEqual({
    http: { status: 200, data: { me: { id: '5' } }, message: undefined },
    socket: { me: { id: '5' } },
  })
})

test.each<[string, () => string]>([
  ['is not signed, and says so', () => forge.signedBy(() => Buffer.alloc(0), { header: { alg: 'none' } })],
  ['says “None” of its signature', () => forge.token({ header: { alg: 'None' } })],
  ['has no signature', () => `${forge.token().split('.').slice(0, 2).join('.')}.`],
  ['lacks its third part', () => forge.token().split('.').slice(0, 2).join('.')],
  ['has another signature', () => `${forge.token().slice(0, -8)}AAAAAAAA`],
  ['has another user under the same signature', () => withPayload(forge.token(), { sub: '1' })],
  ['has a payload without a signature of its own', () => forge.signedBy((signed) => signed)],
  ['is signed by a stranger under our key id', () => forge.signedBy(stranger.sign)],
  [
    'is signed by a stranger under theirs',
    () => forge.signedBy(stranger.sign, { header: { kid: 'theirs' } }),
  ],
  ['is signed by a stranger under none', () => forge.signedBy(stranger.sign, { header: { kid: undefined } })],
  [
    'brings the key that signed it',
    () => forge.signedBy(stranger.sign, { header: { kid: undefined, jwk: stranger.jwk } }),
  ],
  ['names where its keys are', () => forge.signedBy(stranger.sign, { header: { jku: keyServerUrl() } })],
  [
    'names where its certificate is',
    () => forge.signedBy(stranger.sign, { header: { x5u: keyServerUrl() } }),
  ],
  ['brings a certificate', () => forge.signedBy(stranger.sign, { header: { x5c: ['MIIB'] } })],
  [
    'has a path for a key id',
    () => forge.signedBy(hs256(''), { header: { alg: 'HS256', kid: '/dev/null' } }),
  ],
  [
    'climbs folders in its key id',
    () => forge.signedBy(stranger.sign, { header: { kid: '../../../etc/passwd' } }),
  ],
  ['asks SQL in its key id', () => forge.signedBy(stranger.sign, { header: { kid: "' or '1'='1" } })],
  ['has an object for a key id', () => forge.signedBy(stranger.sign, { header: { kid: { $ne: '' } } })],
  ['insists on what we don’t know', () => forge.token({ header: { crit: ['admin'], admin: true } })],
  ['is of no type', () => forge.token({ header: { typ: undefined } })],
  ['is of any type', () => forge.token({ header: { typ: 'JWT' } })],
  ['is an internal token by type', () => forge.token({ header: { typ: 'arv-internal+jwt' } })],
  ['comes from another issuer', () => forge.token({ claims: { iss: 'https://evil.example' } })],
  ['comes from no issuer', () => forge.token({ claims: { iss: undefined } })],
  ['is for another audience', () => forge.token({ claims: { aud: 'subgraph:tenancy' } })],
  ['is for no audience', () => forge.token({ claims: { aud: undefined } })],
  ['never expires', () => forge.token({ claims: { exp: undefined } })],
  ['expires in words', () => forge.token({ claims: { exp: 'never' } })],
  ['is not valid yet', () => forge.token({ claims: { nbf: now() + 3600 } })],
  ['is nobody’s', () => forge.token({ claims: { sub: undefined } })],
  ['is somebody’s and more', () => forge.token({ claims: { sub: '5 or 1=1' } })],
  ['is of no session', () => forge.token({ claims: { fam: undefined } })],
  ['is a refresh token', () => 'A'.repeat(43)],
  ['is as long as headers may be', () => forge.token({ claims: { sub: '5'.repeat(8000) } })],
  ['is made of dots', () => '.'.repeat(8000)],
  ['is nested', () => encoded({ token: forge.token() })],
])('a token that %s is refused over HTTP and WebSocket', async (_what, token) => {
  expect(await answersTo(token())).toEqual(NOT_VALID)
})

test.each(forge.publicForms.map((form, index) => [index, form]))(
  'HS256 with the public key as its secret signs nothing (form %i of it)',
  async (_index, form) => {
    const token = forge.signedBy(hs256(form), { header: { alg: 'HS256' } })
    expect(await answersTo(token)).toEqual(NOT_VALID)
  },
)

test('an expired token is told to be so, and needs no leeway', async () => {
  const token = forge.token({ claims: { iat: now() - 900, exp: now() - 1 } })
  expect(await answersTo(token)).toEqual(refusedAs('The access token has expired.'))
})

test('a token with a megabyte of claims is refused like any other, and others are answered meanwhile', async () => {
  const token = forge.token({ claims: { sub: '5'.repeat(700_000) } })
  const long = createClient({
    url: `${platform.url.replace('http', 'ws')}/graphql`,
    retryAttempts: 0,
    connectionParams: bearer(token),
  })
  await expect(long.iterate({ query: '{ me { id } }' }).next()).rejects.toMatchObject({ code: 4403 })
  // Over HTTP it fits into no header.
  const { status } = await fetch(`${platform.url}/graphql`, { headers: bearer(token) })
  expect(status).toBe(431)
  expect((await platform.graphql('{ me { id } }')).body).toEqual({ data: { me: null } })
})

test('no key was fetched from where a token said', () => {
  expect(keysFetched).toBe(0)
})

describe('tokens among ourselves', () => {
  const { subgraphs } = fixtureSubgraphs()
  const host = createSubgraphHost(subgraphs.media, {
    tokens: createInternalTokenVerifier({ publicJwks, audience: subgraphAudience('media') }),
    logger: pino({ level: 'silent' }),
    uploadLimits: { maxFiles: 1, maxFileSize: 1, maxFieldSize: 1000 },
  })
  let url: string
  beforeAll(async () => {
    url = await host.listen({ port: 0, host: '127.0.0.1' })
  })
  afterAll(() => host.close())

  /** Over HTTP, and at the door of its WebSocket. */
  async function statusesOf(token: string) {
    const headers = { ...bearer(token), 'content-type': 'application/json' }
    const body = JSON.stringify({ query: '{ filesStored }' })
    const { status } = await fetch(`${url}/graphql`, { method: 'POST', headers, body })
    return status
  }

  test('open the subgraph that they are for, and no other', async () => {
    expect(await statusesOf(await internalTokens.sign('subgraph:media', { principal: ANN }))).toBe(200)
    expect(await statusesOf(await internalTokens.sign('subgraph:tenancy', { principal: ANN }))).toBe(401)
    expect(await statusesOf(await internalTokens.sign('subgraph:med', { principal: ANN }))).toBe(401)
  })

  test('are none that a user has, whatever it claims', async () => {
    const prn = { user: 5, admin: true, roles: [[7, 'OWNER']] }
    expect(await statusesOf(forge.token())).toBe(401)
    expect(await statusesOf(forge.token({ claims: { aud: ['arv', 'subgraph:media'], prn } }))).toBe(401)
  })

  test('say nothing to the gateway', async () => {
    const token = await internalTokens.sign('subgraph:media', { principal: ANN })
    expect(await answersTo(token)).toEqual(NOT_VALID)
    expect(await answersTo(await internalTokens.sign('arv', { principal: ANN }))).toEqual(NOT_VALID)
  })
})

describe('a live subscription', () => {
  const CHANGES = 'subscription { contentChanged { title } }'

  /** How its socket ends, and when. */
  async function endOf(token: string, begun: () => void = () => {}) {
    const client = createClient({
      url: `${platform.url.replace('http', 'ws')}/graphql`,
      retryAttempts: 0,
      connectionParams: bearer(token),
    })
    const next = client.iterate({ query: CHANGES }).next()
    const since = performance.now()
    client.on('connected', begun)
    const { code, reason } = await next.then(
      () => Promise.reject(new Error('It was pushed something.')),
      (end) => end,
    )
    return { code, reason, seconds: (performance.now() - since) / 1000 }
  }

  test.concurrent('is closed when its token expires', async () => {
    expect(await endOf(forge.token({ claims: { exp: now() + 2, fam: 'short' } }))).toEqual({
      code: 4403,
      reason: 'The access token has expired.',
      seconds: expect.closeTo(2, -1),
    })
  })

  test.concurrent('is closed within fifteen seconds when its session is revoked, without an event', async () => {
    const { code, reason, seconds } = await endOf(forge.token({ claims: { fam: 'stolen' } }), () => {
      platform.people.revokedFamilies.add('stolen')
    })
    expect({ code, reason }).toEqual({ code: 4403, reason: 'The access token is no longer valid.' })
    expect(seconds).toBeLessThan(20)
  })

  test.concurrent('lets nothing more be asked once its session is revoked', async () => {
    const client = createClient({
      url: `${platform.url.replace('http', 'ws')}/graphql`,
      retryAttempts: 0,
      lazyCloseTimeout: 5000,
      connectionParams: bearer(forge.token({ claims: { fam: 'leaving' } })),
    })
    const ask = () => client.iterate({ query: '{ me { id } }' }).next()
    expect(await ask()).toMatchObject({ value: { data: { me: { id: '5' } } } })
    platform.people.revokedFamilies.add('leaving')
    await delay(1000)
    await expect(ask()).rejects.toMatchObject({ code: 4403 })
  })
})

function keyServerUrl(): string {
  const address = keyServer.address()
  if (address === null || typeof address === 'string') throw new Error('The key server does not listen.')
  return `http://127.0.0.1:${address.port}/keys.json`
}

import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from 'graphql-ws'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { watchSupergraph } from '../src/watch-supergraph.ts'
import { fixtureSupergraph, startPlatform } from './platform.ts'
import type { Platform } from './platform.ts'

const REFUSED = 'the supergraph was changed, but can’t be served: the one before stays'
const SERVED = 'the supergraph was changed: the new one is served'
const FIRST = fixtureSupergraph()
const withType = (name: string) =>
  fixtureSupergraph(` type ${name} @key(fields: "id") { id: ID! } extend type Query { an${name}: ${name} }`)

let platform: Platform
let folder: string
let path: string
let end: () => void
const said: string[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'arv-supergraph-'))
  path = join(folder, 'supergraph.graphql')
  await writeFile(path, FIRST)
  platform = await startPlatform({ deps: { supergraphSdl: FIRST } })
  end = watchSupergraph({
    path,
    served: FIRST,
    reload: (sdl) => platform.gateway.reload(sdl),
    logger: pino({}, { write: (line: string) => void said.push(JSON.parse(line).msg) }),
    intervalMs: 20,
  })
})
afterAll(async () => {
  end()
  await platform[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

async function put(sdl: string): Promise<void> {
  const before = said.length
  await writeFile(`${path}.new`, sdl)
  await rename(`${path}.new`, path)
  await vi.waitFor(() => expect(said.length).toBeGreaterThan(before), { timeout: 20_000 })
}

async function has(type: string): Promise<boolean> {
  const { body } = await platform.graphql(`{ __type(name: "${type}") { name } }`)
  return JSON.stringify(body.data) === JSON.stringify({ __type: { name: type } })
}

test('a new supergraph is served, and subscriptions to the one before are told to begin again', async () => {
  const client = createClient({ url: `${platform.url.replace('http', 'ws')}/graphql`, retryAttempts: 0 })
  const next = client.iterate({ query: 'subscription { contentChanged { title } }' }).next()
  next.catch(() => undefined)
  await vi.waitFor(() => expect(platform.state.subscribers()).toBe(1), { timeout: 10_000 })
  await put(withType('Added'))
  expect(said.at(-1)).toBe(SERVED)
  expect(await has('Added')).toBe(true)
  await expect(next).rejects.toMatchObject([{ extensions: { code: 'SUBSCRIPTION_SCHEMA_RELOAD' } }])
  await client.dispose()
})

test.for([
  ['no GraphQL', 'type Query {'],
  ['no supergraph', 'type Query { nonsense: Int }'],
  ['half written', withType('Half').slice(0, 3000)],
  ['empty', ''],
  [
    'of a subgraph that nobody reaches',
    FIRST.replaceAll('ANALYTICS', 'ELSEWHERE').replaceAll('"analytics"', '"elsewhere"'),
  ],
] as const)('one that is %s is refused, and the one before stays', async ([, sdl]) => {
  await put(withType('Before'))
  expect(await has('Before')).toBe(true)
  await put(sdl)
  expect(said.at(-1)).toBe(REFUSED)
  expect(await has('Before')).toBe(true)
  expect((await platform.graphql('{ contents { title viewsCount } }')).body.errors).toBeUndefined()
  await put(withType('After'))
  expect([said.at(-1), await has('After'), await has('Before')]).toEqual([SERVED, true, false])
})

test('one that is gone is refused, and taken up when it is back', async () => {
  const before = said.length
  await rm(path)
  await vi.waitFor(() => expect(said.length).toBeGreaterThan(before), { timeout: 20_000 })
  expect(said.at(-1)).toBe(REFUSED)
  await put(withType('Back'))
  expect(await has('Back')).toBe(true)
})

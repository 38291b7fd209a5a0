import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { createTestDatabase, programEnvironment, type TestDatabase } from '@arv/testkit'
import { createClient } from 'graphql-ws'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'

const START = join(import.meta.dirname, '../../launcher/src/start.ts')
const EMAIL = 'admin@arv.example'
const PASSWORD = 'kanarienvogel battery staple'
const CANARY = 'kanarienvogel-Zg7xQ2'
/** What no answer may tell. */
const INTERNALS =
  /select |relation|tenancy\.|node_modules|file:\/\/|\/src\/|at \S+ \(|127\.0\.0\.1|localhost:5|fastify|apollo-server|postgres|drizzle|ECONN|FST_|HPE_/i

let database: TestDatabase
let folder: string
let server: ChildProcess
let url: string
let log = ''

beforeAll(async () => {
  database = await createTestDatabase()
  folder = await mkdtemp(join(tmpdir(), 'arv-refusals-'))
  server = spawn(process.execPath, [START], {
    cwd: folder,
    env: {
      ...programEnvironment(),
      HOST: '127.0.0.1',
      PORT: '0',
      LOG_LEVEL: 'trace',
      ARV_DATA_DIR: folder,
      ARV_ADMIN_EMAIL: EMAIL,
      ARV_ADMIN_PASSWORD: PASSWORD,
      DATABASE_URL: database.ownerUrl,
      ...Object.fromEntries(
        Object.entries(database.urls).map(([login, address]) => [
          `DATABASE_URL_${login.toUpperCase()}`,
          address,
        ]),
      ),
    },
  })
  for (const stream of [server.stdout, server.stderr]) stream?.on('data', (part) => (log += String(part)))
  url = await vi.waitFor(
    () => {
      const [address] = /http:\/\/localhost:\d+/.exec(log) ?? []
      if (address === undefined) throw new Error(`the server is not ready: ${log}`)
      return address
    },
    { timeout: 60_000, interval: 100 },
  )
}, 90_000)
afterAll(async () => {
  server.kill('SIGTERM')
  if (server.exitCode === null && server.signalCode === null) await once(server, 'exit')
  await database.drop()
  await rm(folder, { recursive: true })
})

const idsInLog = () =>
  new Set(
    log.split('\n').flatMap((line) => (line.startsWith('{') ? [String(JSON.parse(line).requestId)] : [])),
  )

/** Each refusal names a request, has a line in the log under its name, and tells nothing of what is behind. */
async function expectProperRefusal(requestId: string | null | undefined, body: string) {
  expect(body).not.toMatch(INTERNALS)
  if (!requestId) throw new Error(`no request is named: ${body}`)
  await vi.waitFor(() => expect(idsInLog()).toContain(requestId), 2000)
}

async function post(query: string, variables: object = {}, headers: Record<string, string> = {}) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  })
  return { response, body: await response.text() }
}

const signIn = (password: string) =>
  post(
    `mutation ($input: SignInInput!) {
      signIn(input: $input) { session { accessToken refreshToken } userErrors { code } }
    }`,
    { input: { email: EMAIL, password } },
  )

async function tokens(): Promise<{ accessToken: string; refreshToken: string }> {
  const { body } = await signIn(PASSWORD)
  return JSON.parse(body).data.signIn.session
}

describe('what is refused', () => {
  test.each<[string, number, RequestInit & { path?: string }]>([
    ['an unknown address', 404, { path: `/nope?token=${CANARY}` }],
    ['an address that is none', 400, { path: '/%ff' }],
    ['another method', 405, { method: 'DELETE' }],
    ['a page that is not there', 404, { path: '/v/nobody' }],
    [
      'a file that is not there',
      404,
      { path: `/media/0b9a63b6-5f6e-4c0b-9d0e-6d2f4ab1c8a7/a.jpg?expires=1&signature=${CANARY}` },
    ],
    [
      'no JSON',
      400,
      { method: 'POST', body: `{"password":"${CANARY}"`, headers: { 'content-type': 'application/json' } },
    ],
    [
      'a body of another kind',
      415,
      { method: 'POST', body: CANARY, headers: { 'content-type': 'application/xml' } },
    ],
    [
      'a token that is none',
      401,
      {
        method: 'POST',
        body: '{"query":"{ me { id } }"}',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${CANARY}` },
      },
    ],
    [
      'a form that is no form',
      400,
      {
        method: 'POST',
        body: CANARY,
        headers: { 'content-type': 'multipart/form-data; boundary=x', 'apollo-require-preflight': '1' },
      },
    ],
    [
      'what can’t be parsed',
      400,
      { method: 'POST', body: '{"query":"{ me {"}', headers: { 'content-type': 'application/json' } },
    ],
  ])('%s', async (_what, status, { path = '/graphql', ...init }) => {
    const response = await fetch(`${url}${path}`, init)
    expect(response.status).toBe(status)
    await expectProperRefusal(response.headers.get('x-request-id'), await response.text())
  })

  test.each([
    [
      'too long a header',
      `GET / HTTP/1.1\r\nhost: x\r\ncookie: sid=${CANARY}${'x'.repeat(40_000)}\r\n\r\n`,
      '431',
    ],
    ['no HTTP', `${CANARY}\r\n\r\n`, '400'],
    [
      'a socket where there is none',
      `GET /nope HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n`,
      '404',
    ],
  ])('%s', async (_what, bytes, status) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    socket.write(bytes)
    const answer = await text(socket)
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    await expectProperRefusal(/x-request-id: (\S+)/.exec(answer)?.[1], answer)
  })

  test('over a WebSocket', async () => {
    const client = createClient({ url: `${url.replace('http', 'ws')}/graphql`, retryAttempts: 0 })
    for (const query of [
      '{ me {',
      '{ nothing }',
      'subscription { markerStatusChanged(companyId: "x") { cursor } }',
    ]) {
      const refusal: unknown = await client
        .iterate({ query })
        .next()
        .then(
          ({ value }) => value,
          (error: unknown) => ({ errors: error }),
        )
      const body = JSON.stringify(refusal)
      expect(body).toContain('"code"')
      await expectProperRefusal(/"requestId":"([^"]+)"/.exec(body)?.[1], body)
    }
    await client.dispose()
  })

  test('what fails inside', async () => {
    const { accessToken } = await tokens()
    const owner = postgres(database.ownerUrl, { max: 1 })
    await owner`alter table tenancy.companies rename to companies_elsewhere`
    const { body } = await post(
      '{ companies { edges { node { id } } } }',
      {},
      { authorization: `Bearer ${accessToken}` },
    )
    await owner`alter table tenancy.companies_elsewhere rename to companies`
    await owner.end()
    expect(JSON.parse(body).errors[0].extensions.code).toBe('INTERNAL_SERVER_ERROR')
    const { requestId } = JSON.parse(body).errors[0].extensions
    await expectProperRefusal(requestId, body)
    expect(log.split('\n').some((line) => line.includes(requestId) && line.includes('companies'))).toBe(true)
  })
})

describe('a value that a scalar refuses is named by its field within the input,', () => {
  const ADD = `mutation ($input: AddMemberInput!) { addMember(input: $input) { userErrors { code } } }`
  const input = { companyId: 'x', email: 'nobody', name: 'Ann', role: 'VIEWER', password: PASSWORD }
  const written = `mutation { addMember(input: { companyId: "x", email: "nobody", name: "Ann", role: VIEWER, password: "none" }) { userErrors { code } } }`
  const PART = `mutation ($email: EmailAddress!) {
    addMember(input: { companyId: "x", email: $email, name: "Ann", role: VIEWER, password: "none" }) { userErrors { code } }
  }`

  test.each([
    ['as a variable', ADD, { input }],
    ['as a part of a variable', PART, { email: 'nobody' }],
    ['as it is written', written, {}],
  ])('%s', async (_how, query, variables) => {
    const { accessToken } = await tokens()
    const { body } = await post(query, variables, { authorization: `Bearer ${accessToken}` })
    const [error] = JSON.parse(body).errors
    expect(error).toMatchObject({
      message: expect.stringContaining('EmailAddress must be an e-mail address'),
      extensions: { code: 'BAD_USER_INPUT', field: 'email' },
    })
  })
})

test('no secret is in the log, which is all JSON but for the banner', async () => {
  const { accessToken, refreshToken } = await tokens()
  await signIn(CANARY)
  await post(
    'mutation ($input: RefreshSessionInput!) { refreshSession(input: $input) { userErrors { code } } }',
    {
      input: { refreshToken: CANARY },
    },
  )
  await post('{ me { id } }', {}, { authorization: `Bearer ${accessToken}`, cookie: `sid=${CANARY}` })
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    retryAttempts: 0,
    connectionParams: { authorization: `Bearer ${CANARY}` },
  })
  await client
    .iterate({ query: '{ me { id } }' })
    .next()
    .catch(() => undefined)
  await client.dispose()

  const secretFiles = (await readdir(folder)).filter((name) => /secret|key/i.test(name))
  const stored = await Promise.all(secretFiles.map((name) => readFile(join(folder, name), 'utf8')))
  expect(stored).not.toEqual([])
  const words = [
    CANARY,
    PASSWORD,
    accessToken,
    accessToken.split('.')[2] ?? '',
    refreshToken,
    ...[database.ownerUrl, ...Object.values(database.urls)].map((address) => new URL(address).password),
    ...stored.flatMap((file) => file.match(/(?<=")[\w-]{40,}(?=")|(?<="d\\":\\")[\w-]+/g) ?? []),
  ].filter((word) => word.length > 5)
  expect(words.filter((word) => log.includes(word))).toEqual([])
  const lines = log.split('\n').filter((line) => line.includes('"level"'))
  expect(lines.length).toBeGreaterThan(10)
  for (const line of lines) expect(() => JSON.parse(line)).not.toThrow()
})

import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createTestDatabase, programEnvironment, type TestDatabase } from '@arv/testkit'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readSettings, type RunningArv, startArv } from '../src/index.ts'

const SEED = join(import.meta.dirname, '../src/seed.ts')
const FIRST = 'the first password'
let database: TestDatabase
let folder: string
let arv: RunningArv

beforeAll(async () => {
  database = await createTestDatabase()
  folder = await mkdtemp(join(tmpdir(), 'arv-seed-'))
  const variables = { ...variablesOf(), PORT: '0', ARV_ADMIN_PASSWORD: FIRST }
  arv = await startArv(readSettings(variables), pino({ level: 'silent' }))
})
afterAll(async () => {
  await arv.close()
  await rm(folder, { recursive: true })
  await database.drop()
})

function variablesOf(): Record<string, string> {
  return {
    LOG_LEVEL: 'silent',
    ARV_DATA_DIR: folder,
    DATABASE_URL: database.ownerUrl,
    DATABASE_URL_TENANCY: database.urls.tenancy,
    DATABASE_URL_CONTENT: database.urls.content,
    DATABASE_URL_MEDIA: database.urls.media,
    DATABASE_URL_ANALYTICS: database.urls.analytics,
    DATABASE_URL_VIEWER: database.urls.viewer,
  }
}

/** What the program says, with these arguments and, besides the database's, these variables. */
async function seed(args: string[], variables: Record<string, string> = {}) {
  const env = { ...programEnvironment(), ...variablesOf(), ...variables }
  const { stdout } = await promisify(execFile)(process.execPath, [SEED, ...args], { env, cwd: folder })
  return stdout
}

async function ask(query: string): Promise<string> {
  const response = await fetch(`${arv.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  })
  return response.text()
}

/** What `demo` would sign in with. */
async function keptPassword(): Promise<unknown> {
  const text = await readFile(join(folder, 'administrator.json'), 'utf8').catch(() => '{}')
  const kept: { password?: unknown } = JSON.parse(text)
  return kept.password
}

const signIn = (password: string) =>
  ask(`mutation { signIn(input: { email: "admin@example.com", password: "${password}" }) {
    session { refreshToken } userErrors { code } } }`)
const refresh = (token: string) =>
  ask(`mutation { refreshSession(input: { refreshToken: "${token}" }) {
    session { refreshToken } userErrors { code } } }`)

test('an administrator keeps the password that they have', async () => {
  expect(await seed([], { ARV_ADMIN_PASSWORD: 'quite another one' })).toBe(
    'Administrator: admin@example.com\n',
  )
  expect(await signIn(FIRST)).toContain('"userErrors":[]')
}, 120_000)

test('--reset-password makes one up and ends every session', async () => {
  const token = /"refreshToken":"([^"]+)"/.exec(await signIn(FIRST))?.[1] ?? ''
  const said = await seed(['--reset-password'])
  expect(said).toMatch(/^Administrator: admin@example\.com\nPassword, shown only now: \S{20}\n$/)
  const password = said.trim().split(' ').at(-1) ?? ''
  expect(await keptPassword()).toBe(password)

  expect(await signIn(password)).toContain('"userErrors":[]')
  expect(await signIn(FIRST)).toContain('"session":null')
  expect(await refresh(token)).toContain('"session":null')
}, 120_000)

test('--reset-password takes the one of ARV_ADMIN_PASSWORD', async () => {
  const variables = { ARV_ADMIN_PASSWORD: 'quite another one' }
  expect(await seed(['--reset-password'], variables)).toBe(
    'Administrator: admin@example.com\nPassword: now that of ARV_ADMIN_PASSWORD\n',
  )
  expect(await signIn('quite another one')).toContain('"userErrors":[]')
  expect(await keptPassword()).toBeUndefined()
}, 120_000)

test('an argument that it does not know changes nothing', async () => {
  await expect(seed(['--reset'])).rejects.toThrow('Say "seed" or "seed --reset-password".')
}, 120_000)

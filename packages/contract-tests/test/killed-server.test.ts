import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestDatabase, type TestDatabase } from '@arv/testkit'
import { photoLike } from '@arv/testkit/photos'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Client, connectClient, textAt } from './client.ts'

const START = join(import.meta.dirname, '../../launcher/src/start.ts')
const EMAIL = 'admin@arv.example'
const PASSWORD = 'correct horse battery'
/** A lease that nobody renews is noticed after 20 s; the rest is a busy machine's. */
const PATIENCE = { timeout: 120_000, interval: 250 }

let database: TestDatabase
let folder: string
let server: ChildProcess | undefined
let owner: postgres.Sql

beforeAll(async () => {
  database = await createTestDatabase()
  owner = postgres(database.ownerUrl, { max: 1 })
  folder = await mkdtemp(join(tmpdir(), 'arv-killed-'))
})

afterAll(async () => {
  if (server?.exitCode === null) {
    server.kill('SIGTERM')
    await once(server, 'exit')
  }
  await owner.end()
  await database.drop()
  await rm(folder, { recursive: true })
})

/** `pnpm start` on the test's database; resolves to its address once it is ready. */
async function start(): Promise<string> {
  const { PATH = '', TMPDIR = tmpdir() } = process.env
  server = spawn(process.execPath, [START], {
    cwd: folder,
    env: {
      PATH,
      TMPDIR,
      HOST: '127.0.0.1',
      PORT: '0',
      ARV_DATA_DIR: folder,
      ARV_ADMIN_EMAIL: EMAIL,
      ARV_ADMIN_PASSWORD: PASSWORD,
      DATABASE_URL: database.ownerUrl,
      ...Object.fromEntries(
        Object.entries(database.urls).map(([login, url]) => [`DATABASE_URL_${login.toUpperCase()}`, url]),
      ),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  server.stdout?.on('data', (text) => (said += String(text)))
  return vi.waitFor(() => {
    const [address] = /http:\/\/localhost:\d+/.exec(said) ?? []
    if (address === undefined) throw new Error(`the server is not ready: ${said}`)
    return address
  }, PATIENCE)
}

async function signIn(address: string): Promise<Client> {
  const visitor = connectClient(address, undefined)
  const session = await visitor.send('SignIn', { input: { email: EMAIL, password: PASSWORD } })
  await visitor.close()
  return connectClient(address, textAt(session, 'signIn', 'session', 'accessToken'))
}

test('a server that is killed while it compiles a marker has it after a restart, once', async () => {
  const admin = await signIn(await start())
  const companies = await admin.send('Companies')
  const companyId = textAt(companies, 'companies', 'edges', '0', 'node', 'id')
  const project = await admin.send('CreateProject', { input: { companyId, name: 'Spring' } })
  const projectId = textAt(project, 'createProject', 'project', 'id')
  const file = { name: 'photo.jpg', bytes: await photoLike(11) }
  const image = await admin.upload('UploadAsset', { companyId, projectId, kind: 'IMAGE' }, file)
  const imageId = textAt(image, 'uploadAsset', 'asset', 'id')
  const created = await admin.send('CreateArContent', { input: { projectId, imageId, title: 'Poster' } })
  const id = textAt(created, 'createArContent', 'content', 'id')

  const marker = async (client: Client) =>
    textAt(await client.send('ArContent', { id }), 'arContent', 'marker', 'status')
  await vi.waitFor(async () => expect(await marker(admin)).toBe('PROCESSING'), PATIENCE)
  server?.kill('SIGKILL')
  await admin.close()

  const again = await signIn(await start())
  expect(await marker(again)).toBe('PROCESSING')
  await vi.waitFor(async () => expect(await marker(again)).toBe('COMPLETED'), PATIENCE)
  expect(await again.send('ArContent', { id })).toMatchObject({
    arContent: { marker: { attempts: 2, error: null } },
  })
  await again.close()

  const [stored] = await owner<{ markers: number; completions: number }[]>`
    select (select count(*)::int from media.assets where kind = 'MARKER') as markers,
      (select count(*)::int from log.events where type = 'marker.status' and payload ->> 'status' = 'COMPLETED') as completions`
  expect(stored).toEqual({ markers: 1, completions: 1 })
}, 300_000)

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestDatabase, type TestDatabase } from '@arv/testkit'
import { photoLike } from '@arv/testkit/photos'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type ArvProcess, databaseVariables, signInTo, startArvProcess } from './arv-process.ts'
import { type Client, textAt } from './client.ts'

/** A lease that nobody renews is noticed after 20 s; the rest is a busy machine's. */
const PATIENCE = { timeout: 120_000, interval: 250 }

let database: TestDatabase
let folder: string
let server: ArvProcess | undefined
let owner: postgres.Sql

beforeAll(async () => {
  database = await createTestDatabase()
  owner = postgres(database.ownerUrl, { max: 1 })
  folder = await mkdtemp(join(tmpdir(), 'arv-killed-'))
})

afterAll(async () => {
  await server?.stop()
  await owner.end()
  await database.drop()
  await rm(folder, { recursive: true })
})

/** `pnpm start` on the test's database. */
async function start(): Promise<Client> {
  server = await startArvProcess({ folder, variables: databaseVariables(database) })
  return (await signInTo(server.url)).client
}

test('a server that is killed while it compiles a marker has it after a restart, once', async () => {
  const admin = await start()
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
  await server?.kill([])
  await admin.close()

  const again = await start()
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

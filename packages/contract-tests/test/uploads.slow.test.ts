import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { readSettings, startProcesses } from '@arv/launcher'
import { createTestDatabase, type TestDatabase } from '@arv/testkit'
import { clip } from '@arv/testkit/clips'
import { print } from 'graphql'
import { pino } from 'pino'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { connectClient, textAt } from './client.ts'
import { operation } from './contract.ts'
import { memoryOf } from './process-memory.ts'

const START = join(import.meta.dirname, '../../launcher/src/start.ts')
const EMAIL = 'admin@arv.example'
const PASSWORD = 'correct horse battery'
const MB = 2 ** 20
const FILE_BYTES = 256 * MB
const PIECE = Buffer.alloc(256 * 1024)

type Variables = Readonly<Record<string, string>>

interface Server {
  readonly url: string
  /** Of its processes, or of that which started them. */
  readonly pids: readonly number[]
  close(): Promise<void>
}

/** `pnpm start`, in a process of its own: what it uses must not be mixed with what the test uses. */
async function startOne(variables: Variables): Promise<Server> {
  const server: ChildProcess = spawn(process.execPath, [START], { cwd: tmpdir(), env: { ...variables } })
  let said = ''
  for (const stream of [server.stdout, server.stderr]) stream?.on('data', (part) => (said += String(part)))
  const url = await vi.waitFor(
    () => {
      const [address] = /http:\/\/localhost:\d+/.exec(said) ?? []
      if (address === undefined) throw new Error(`The server is not ready: ${said}`)
      return address
    },
    { timeout: 120_000, interval: 100 },
  )
  return {
    url,
    pids: [server.pid ?? 0],
    async close() {
      server.kill('SIGTERM')
      if (server.exitCode === null && server.signalCode === null) await once(server, 'exit')
    },
  }
}

async function startMany(variables: Variables): Promise<Server> {
  const arv = await startProcesses(readSettings(variables), pino({ level: 'warn' }))
  return { url: arv.url, pids: Object.values(arv.pids), close: () => arv.close() }
}

describe.for([
  ['one process', startOne],
  ['many processes', startMany],
] as const)('an upload of 256 MB to %s', ([, start]) => {
  let database: TestDatabase
  let owner: postgres.Sql
  let folder: string
  let server: Server
  let accessToken: string
  let companyId: string
  let video: Buffer

  beforeAll(async () => {
    video = await clip()
    database = await createTestDatabase()
    owner = postgres(database.ownerUrl, { max: 1 })
    folder = await mkdtemp(join(tmpdir(), 'arv-large-'))
    const { PATH = '', TMPDIR = tmpdir() } = process.env
    const logins = Object.entries(database.urls).map(([login, address]) => [
      `DATABASE_URL_${login.toUpperCase()}`,
      address,
    ])
    server = await start({
      PATH,
      TMPDIR,
      HOST: '127.0.0.1',
      PORT: '0',
      ARV_DATA_DIR: folder,
      ARV_ADMIN_EMAIL: EMAIL,
      ARV_ADMIN_PASSWORD: PASSWORD,
      DATABASE_URL: database.ownerUrl,
      ...Object.fromEntries(logins),
    })
    const stranger = connectClient(server.url, undefined)
    const session = await stranger.send('SignIn', { input: { email: EMAIL, password: PASSWORD } })
    accessToken = textAt(session, 'signIn', 'session', 'accessToken')
    const admin = connectClient(server.url, accessToken)
    const created = await admin.send('CreateCompany', { input: { name: 'Print & Co' } })
    companyId = textAt(created, 'createCompany', 'company', 'id')
    // What is compiled, connected and grown once is not the upload's.
    for (let round = 0; round < 3; round++) await upload(8 * MB, Infinity)
  })

  afterAll(async () => {
    await server.close()
    await owner.end()
    await database.drop()
    await rm(folder, { recursive: true })
  })

  /** A real video with nothing behind it, up to so many bytes, sent at so many bytes a second. */
  async function* videoOf(bytes: number, bytesPerSecond: number) {
    const padding = Buffer.alloc(8, 'free', 'latin1')
    padding.writeUInt32BE(bytes - video.length, 0)
    padding.write('free', 4, 'latin1')
    yield Buffer.concat([video, padding])
    const since = performance.now()
    for (let left = bytes - video.length - 8, sent = 0; left > 0;) {
      const piece = PIECE.subarray(0, left)
      yield piece
      left -= piece.length
      sent += piece.length
      const early = (sent / bytesPerSecond) * 1000 - (performance.now() - since)
      if (early > 0) await delay(early)
    }
  }

  async function* formOf(file: AsyncIterable<Buffer>) {
    const variables = { input: { companyId, kind: 'VIDEO', file: null } }
    const document = { query: print(operation('UploadAsset')), operationName: 'UploadAsset', variables }
    const field = (name: string, value: object) =>
      `--b\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${JSON.stringify(value)}\r\n`
    yield Buffer.from(
      `${field('operations', document)}${field('map', { '0': ['variables.input.file'] })}--b\r\ncontent-disposition: form-data; name="0"; filename="large.mp4"\r\ncontent-type: video/mp4\r\n\r\n`,
    )
    yield* file
    yield Buffer.from('\r\n--b--\r\n')
  }

  function begin() {
    return request(`${server.url}/graphql`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${accessToken}`,
        'apollo-require-preflight': 'true',
        'content-type': 'multipart/form-data; boundary=b',
      },
    })
  }

  async function upload(bytes: number, bytesPerSecond: number): Promise<void> {
    const sending = begin()
    const answer = once(sending, 'response')
    await pipeline(Readable.from(formOf(videoOf(bytes, bytesPerSecond)), { objectMode: false }), sending)
    const [response] = await answer
    expect(JSON.parse(await text(response))).toMatchObject({
      data: { uploadAsset: { asset: { sizeBytes: bytes }, userErrors: [] } },
    })
  }

  /** What uploads may leave: rows, files, and room that is set aside. */
  async function remains() {
    const [row] = await owner<
      [{ assets: number; reservations: number; unsettled: number; reserved: number }]
    >`
      select (select count(*)::int from media.assets) as assets,
        (select count(*)::int from media.storage_reservations) as reservations,
        (select count(*)::int from media.unsettled_files) as unsettled,
        (select coalesce(sum(reserved_bytes), 0)::int from media.storage_usage) as reserved`
    const entries = await readdir(join(folder, 'files'), { recursive: true, withFileTypes: true })
    return { ...row, files: entries.filter((entry) => entry.isFile()).length }
  }

  test.for([
    ['as fast as it can be sent', Infinity],
    ['at 10 MB a second', 10 * MB],
  ] as const)('adds less than 100 MB to any process, %s', async ([, bytesPerSecond]) => {
    const small = await memoryOf(server.pids, () => upload(8 * MB, Infinity))
    const large = await memoryOf(server.pids, () => upload(FILE_BYTES, bytesPerSecond))
    expect(large.grewBy).toBeLessThan(100)
    expect(large.largestNewcomer - small.largestNewcomer).toBeLessThan(100)
    const { assets, files, ...unfinished } = await remains()
    expect(unfinished).toEqual({ reservations: 0, unsettled: 0, reserved: 0 })
    expect(files).toBe(assets)
  })

  test('leaves nothing when its client goes away half-way', async () => {
    const before = await remains()
    const sending = begin()
    sending.on('error', () => undefined)
    const half = pipeline(Readable.from(formOf(videoOf(FILE_BYTES, 40 * MB)), { objectMode: false }), sending)
    half.catch(() => undefined)
    await vi.waitFor(async () => expect((await remains()).files).toBe(before.files + 1), 10_000)
    await delay(3000)
    sending.destroy()
    await vi.waitFor(async () => expect(await remains()).toEqual(before), 20_000)
  })
})

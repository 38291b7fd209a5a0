import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { readSettings, type RunningArv, startArv } from '@arv/launcher'
import { createTestDatabase, programEnvironment, type TestDatabase } from '@arv/testkit'
import { pino } from 'pino'
import qrcode from 'qrcode'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'

const MAIN = join(import.meta.dirname, '../src/main.ts')
let database: TestDatabase
let folder: string
let arv: RunningArv

beforeAll(async () => {
  database = await createTestDatabase()
  folder = await mkdtemp(join(tmpdir(), 'arv-demo-'))
  arv = await start('run')
})
afterAll(async () => {
  await arv.close()
  await rm(folder, { recursive: true })
  await database.drop()
})

/** Always on the same database and data folder. */
function start(purpose: 'run' | 'lan'): Promise<RunningArv> {
  const variables = {
    PORT: '0',
    LOG_LEVEL: 'silent',
    ARV_DATA_DIR: folder,
    DATABASE_URL: database.ownerUrl,
    DATABASE_URL_TENANCY: database.urls.tenancy,
    DATABASE_URL_CONTENT: database.urls.content,
    DATABASE_URL_MEDIA: database.urls.media,
    DATABASE_URL_ANALYTICS: database.urls.analytics,
    DATABASE_URL_VIEWER: database.urls.viewer,
  }
  // Whatever network the machine is in, or none.
  const settings = { ...readSettings(variables, purpose), host: '127.0.0.1' }
  return startArv(settings, pino({ level: 'silent' }))
}

/** What the program says and how it ends, with these flags and variables and no others. */
async function demo(flags: readonly string[], variables: Record<string, string> = {}) {
  const child = spawn(process.execPath, [MAIN, ...flags], {
    env: { ...programEnvironment(), ARV_DATA_DIR: folder, ...variables },
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  // One that a test gave up on would get into the way of the next.
  onTestFinished(() => void child.kill())
  const [said, complained, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ])
  return { code: Number(code), said, complained }
}

/** What was done, in order, without what differs from run to run. */
function stepsIn(said: string): string[] {
  const lines = said.split('\n').flatMap((line) => /^ {2}✓ (.*)/.exec(line)?.[1] ?? [])
  return lines.map((line) =>
    line
      .replace(/\d+ kB/, '# kB')
      .replace(/\d+ ms/, '# ms')
      .replaceAll(/\d+\.\d(?= s| of)/g, '#'),
  )
}

const addressIn = (said: string) => /Viewer +(\S+)/.exec(said)?.[1] ?? ''

test('goes from a picture to a video that is pushed, and says where to look', async () => {
  const { code, said, complained } = await demo(['--url', arv.url])
  expect([code, complained]).toEqual([0, ''])
  expect(stepsIn(said)).toEqual([
    'Signed in as admin@example.com',
    'Company "ARV demo" created, with folders for its files',
    'Project "Try-out" created',
    'demo-print.jpg uploaded: 1024 × 768, # kB',
    'Content "Demo print" created',
    'Marker compiled in # s, and rated # of 5',
    'blue.mp4 uploaded: 640 × 480, # s, # kB',
    'Video "Blue" added',
    'red.mp4 uploaded: 640 × 480, # s, # kB',
    'Video "Red" added',
    'Published',
    'A visitor opens it and sees "Blue"; the page stays open',
    `"Red" activated: the visitor's page had it # ms later, pushed over the subscription`,
    "The visit is recorded, the content's 1st",
  ])
  expect(said).toContain('The marker is being compiled')

  const viewer = addressIn(said)
  const uuid = viewer.slice(-36)
  expect(viewer).toBe(`${arv.publicUrl}/v/${uuid}`)
  expect(said).toContain(await qrcode.toString(viewer, { type: 'utf8' }))
  expect(said).toContain(`${arv.publicUrl}/demo/print/${uuid}`)
  expect(said).toContain('npx -y pnpm@12 start --lan')
  expect(await (await fetch(`${arv.url}/demo/print/${uuid}`)).text()).toContain('Scan this code with a phone')
}, 300_000)

test('goes on, when it is run again, with what is there', async () => {
  const { code, said } = await demo(['--url', arv.url])
  expect(code).toBe(0)
  expect(stepsIn(said)).toEqual([
    'Signed in as admin@example.com',
    'Company "ARV demo", from an earlier run',
    'Project "Try-out", from an earlier run',
    'Content "Demo print", from an earlier run',
    'Its marker is compiled, and rated # of 5',
    'Its videos "Blue" and "Red"',
    'A visitor opens it and sees "Red"; the page stays open',
    `"Blue" activated: the visitor's page had it # ms later, pushed over the subscription`,
    "The visit is recorded, the content's 2nd",
  ])
}, 120_000)

test('a password that is refused is said in a sentence, and where it is from', async () => {
  const { code, said, complained } = await demo(['--url', arv.url], {
    ARV_ADMIN_PASSWORD: 'not the password',
  })
  expect([code, stepsIn(said)]).toEqual([1, []])
  expect(complained).toMatch(
    /^admin@example\.com could not sign in with the password from ARV_ADMIN_PASSWORD\. .+ npx -y pnpm@12 seed --reset-password\n$/,
  )
})

test('a password that was made up and changed since is said to be so, and what to do', async () => {
  const dataDir = join(folder, 'changed')
  await mkdir(dataDir)
  const kept = { email: 'admin@example.com', password: 'the one of the first start' }
  await writeFile(join(dataDir, 'administrator.json'), JSON.stringify(kept))
  const { code, said, complained } = await demo(['--url', arv.url], { ARV_DATA_DIR: dataDir })
  expect([code, stepsIn(said)]).toEqual([1, []])
  expect(complained).toBe(
    `admin@example.com could not sign in with the password from ${join(dataDir, 'administrator.json')}. ` +
      'The e-mail address or the password is not right. ARV made that one up when it first started. If it was changed since, set ' +
      'ARV_ADMIN_PASSWORD to the one that counts now. If it is lost, another is set by: npx -y pnpm@12 seed --reset-password\n',
  )
})

test('a password that is nowhere to be found is asked for, where there is somebody to ask', async () => {
  const { code, complained } = await demo(['--url', arv.url], { ARV_DATA_DIR: join(folder, 'other') })
  expect([code, complained]).toEqual([
    1,
    "The demo needs the administrator's password: set ARV_ADMIN_PASSWORD.\n",
  ])
})

test('no server, no machine, no such flag: each is a sentence', async () => {
  expect(await demo(['--url', 'http://127.0.0.1:1'])).toMatchObject({
    code: 1,
    complained:
      'No server answers at http://127.0.0.1:1. Start one first, in another terminal: npx -y pnpm@12 start\n',
  })
  expect(await demo([], { PORT: '1' })).toMatchObject({
    code: 1,
    complained:
      'No server answers at http://localhost:1. Start one first, in another terminal: npx -y pnpm@12 start\n',
  })
  expect(await demo(['--fast'])).toMatchObject({
    code: 2,
    complained: expect.stringContaining('"demo --help" says more.'),
  })
})

test('on the local network it finds HTTPS by itself, and trusts the certificate of the data folder and no other', async () => {
  await arv.close()
  arv = await start('lan')
  const { host } = new URL(arv.url)
  const { code, said, complained } = await demo(['--url', `http://${host}`])
  expect([code, complained]).toEqual([0, ''])
  const viewer = addressIn(said)
  expect(viewer).toMatch(new RegExp(`^https://${host}/v/[0-9a-f-]{36}$`))
  expect(said).toContain(await qrcode.toString(viewer, { type: 'utf8' }))
  expect(said).toContain(`--cacert ${join(folder, 'lan/certificate.pem')} https://${host}/graphql`)

  const stranger = await demo(['--url', `https://${host}`], { ARV_DATA_DIR: join(folder, 'other') })
  expect(stranger).toMatchObject({
    code: 1,
    complained: expect.stringContaining(
      `The certificate of https://${host} is not one that this machine trusts`,
    ),
  })
}, 120_000)

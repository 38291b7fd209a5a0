import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { programEnvironment } from '@arv/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

const START = join(import.meta.dirname, '../src/start.ts')
const JOBS = join(import.meta.dirname, '../src/jobs.ts')
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'arv-start-'))
  // Else PostgreSQL, which does not run as root, would have its files elsewhere, and they would stay.
  await chmod(folder, 0o755)
})
afterAll(() => rm(folder, { recursive: true }))

/** The program as a newcomer starts it: no variables but where to put things. */
function start(variables: Record<string, string> = {}, program = START) {
  const child = spawn(process.execPath, [program], {
    env: { ...programEnvironment(), PORT: '0', ARV_DATA_DIR: join(folder, 'data'), ...variables },
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  child.stdout.on('data', (text) => (said += String(text)))
  child.stderr.on('data', (text) => (said += String(text)))
  const ended = once(child, 'exit').then(([code]: unknown[]) => ({ code, said }))
  const until = async (text: string) => {
    for (let waited = 0; waited < 60_000 && !said.includes(text) && child.exitCode === null; waited += 50) {
      await delay(50)
    }
    expect(said).toContain(text)
    return said
  }
  return { child, ended, until }
}

/** The address in what the program has said. */
const addressIn = (said: string) => /http:\/\/localhost:\d+/.exec(said)?.[0] ?? ''

test('from nothing to an answer, to kill -9, to an answer again, to an orderly end', async () => {
  const first = start()
  const firstWords = await first.until('Password')
  const [, password] = /Password +(\S{20}) {2}\(shown only now;/.exec(firstWords) ?? []
  const kept = join(folder, 'data/administrator.json')
  expect(JSON.parse(await readFile(kept, 'utf8'))).toEqual({ email: 'admin@example.com', password })
  expect((await stat(kept)).mode & 0o777).toBe(0o600)
  expect((await fetch(`${addressIn(firstWords)}/healthz`)).status).toBe(200)

  const jobs = await start({}, JOBS).ended
  expect(jobs).toEqual({ code: 0, said: expect.stringMatching(/^marker\.compile +0 +0 +0 +-$/m) })

  const rival = await start().ended
  expect(rival).toEqual({
    code: 1,
    said: `The PostgreSQL in ${join(folder, 'data/postgres')} is already in use by the running process ${first.child.pid}.\n`,
  })

  first.child.kill('SIGKILL')
  await first.ended
  const second = start()
  const secondWords = await second.until('Administrator')
  expect((await fetch(`${addressIn(secondWords)}/healthz`)).status).toBe(200)
  expect(secondWords).not.toContain('Password')

  second.child.kill('SIGTERM')
  expect((await second.ended).code).toBe(0)
}, 120_000)

test('when its PostgreSQL is killed, it says so and ends, and starts again', async () => {
  const first = start()
  await first.until('Administrator')
  const pidFile = await readFile(join(folder, 'data/postgres/cluster/postmaster.pid'), 'utf8')
  process.kill(Number(pidFile.split('\n')[0]), 'SIGKILL')
  const { code, said } = await first.ended
  expect(code).toBe(1)
  expect(said).toContain('PostgreSQL ended, which ARV had not asked for')

  const second = start()
  await second.until('Administrator')
  second.child.kill('SIGTERM')
  expect((await second.ended).code).toBe(0)
}, 120_000)

test('what is wrong with a variable is the only thing that is said', async () => {
  expect(await start({ PORT: 'four' }).ended).toEqual({
    code: 1,
    said: "ARV can't start. PORT: a number is expected.\n",
  })
})

import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import postgres from 'postgres'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type LocalPostgres, startLocalPostgres } from '../src/index.ts'

const RUN_SERVER = join(import.meta.dirname, 'run-server.ts')
const isRoot = process.getuid?.() === 0
const settings = { fsync: 'off' }
const cleanUps: (() => Promise<unknown>)[] = []
let folder: string
let dataDir: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'arv-local-postgres-'))
  // mkdtemp's folders are their maker's alone; most tests are about another matter.
  await chmod(folder, 0o755)
  dataDir = join(folder, 'postgres')
})

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp()
  await rm(folder, { recursive: true, force: true })
})

async function start(
  options: Partial<Parameters<typeof startLocalPostgres>[0]> = {},
): Promise<LocalPostgres> {
  const server = await startLocalPostgres({ dataDir, settings, ...options })
  cleanUps.push(() => server.stop())
  return server
}

async function query(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const sql = postgres(url, { max: 1, connect_timeout: 5, onnotice: () => {} })
  try {
    return [...(await sql.unsafe(statement))]
  } finally {
    await sql.end()
  }
}

/** A process that starts the server; it lives until it is killed. */
async function startElsewhere() {
  const child = spawn(process.execPath, [RUN_SERVER, dataDir], { stdio: ['pipe', 'pipe', 'inherit'] })
  const [line] = await once(child.stdout, 'data')
  const { url, pid }: { url: string; pid: number } = JSON.parse(String(line))
  const kill = async () => {
    child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  }
  cleanUps.push(kill)
  return { url, pid, kill }
}

async function untilGone(pid: number): Promise<void> {
  for (let waited = 0; waited < 10_000; waited += 20) {
    try {
      process.kill(pid, 0)
    } catch {
      return
    }
    await delay(20)
  }
  throw new Error(`process ${pid} is still there`)
}

describe('what is kept', () => {
  test('rows, port and password are there again on the next start', async () => {
    const first = await start()
    await query(first.ownerUrl, 'create table kept as select 7 as answer')
    await first.stop()
    const second = await start()
    expect(second.ownerUrl).toBe(first.ownerUrl)
    expect(await query(second.ownerUrl, 'select answer from kept')).toEqual([{ answer: 7 }])
  })

  test('a port that somebody took meanwhile is replaced by another', async () => {
    const first = await start()
    await first.stop()
    const squatter = createServer().listen(first.port, '127.0.0.1')
    await once(squatter, 'listening')
    cleanUps.push(async () => squatter.close())
    const second = await start()
    expect(second.port).not.toBe(first.port)
    expect(await query(second.ownerUrl, 'select 1 as answer')).toEqual([{ answer: 1 }])
  })

  test('erasing leaves nothing', async () => {
    const server = await startLocalPostgres({ dataDir, settings })
    await server.stop({ erase: true })
    await expect(stat(dataDir)).rejects.toThrow('ENOENT')
  })
})

describe('who may come in', () => {
  test('nobody without the password, which only the starter can read', async () => {
    const server = await start()
    const url = new URL(server.ownerUrl)
    url.password = 'guessed'
    await expect(query(url.href, 'select 1')).rejects.toThrow('password authentication failed')
    expect((await stat(join(dataDir, 'server.json'))).mode & 0o777).toBe(0o600)
  })

  test('nobody from another machine', async () => {
    const { ownerUrl } = await start()
    expect(await query(ownerUrl, 'show listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }])
  })
})

describe('how it ends and begins again', () => {
  test('kill -9 of its parent ends the server too, and the rows are there on the next start', async () => {
    const { url, pid, kill } = await startElsewhere()
    await query(url, 'create table kept as select 7 as answer')
    await kill()
    await untilGone(pid)
    const next = await start()
    expect(await query(next.ownerUrl, 'select answer from kept')).toEqual([{ answer: 7 }])
  })

  test('a start right after kill -9 does not wait for luck', async () => {
    const { url, pid, kill } = await startElsewhere()
    await kill()
    const next = await start()
    expect(next.ownerUrl).toBe(url)
    expect(next.pid).not.toBe(pid)
    expect(await query(next.ownerUrl, 'select 1 as answer')).toEqual([{ answer: 1 }])
  })

  test('a server that was killed itself recovers', async () => {
    const first = await start()
    await query(first.ownerUrl, 'create table kept as select 7 as answer')
    process.kill(first.pid, 'SIGKILL')
    await first.ended
    await first.stop()
    const second = await start()
    expect(await query(second.ownerUrl, 'select answer from kept')).toEqual([{ answer: 7 }])
  })

  test('a pid file of a server that is gone, whose number a stranger has now, is in nobody’s way', async () => {
    const first = await start()
    await first.stop()
    const { cluster }: { cluster: string } = JSON.parse(await readFile(join(dataDir, 'server.json'), 'utf8'))
    await writeFile(join(cluster, 'postmaster.pid'), `${process.pid}\n${cluster}\n`)
    await writeFile(join(dataDir, 'owner'), `${process.pid} 1`)
    const second = await start()
    expect(await query(second.ownerUrl, 'select 1 as answer')).toEqual([{ answer: 1 }])
  })

  test('a second start on the same folder says who uses it', async () => {
    await start()
    await expect(startLocalPostgres({ dataDir, settings })).rejects.toMatchObject({
      code: 'ALREADY_RUNNING',
      message: `The PostgreSQL in ${dataDir} is already in use by the running process ${process.pid}.`,
    })
  })

  test('of two starts at once, one runs', async () => {
    const results = await Promise.allSettled([start(), start()])
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  })

  test('files that were being made when the power went are made anew', async () => {
    await mkdir(join(dataDir, 'cluster.new'), { recursive: true })
    await writeFile(join(dataDir, 'cluster.new', 'PG_VERSION'), '18\n')
    const server = await start()
    expect(await query(server.ownerUrl, 'select 1 as answer')).toEqual([{ answer: 1 }])
  })
})

describe('what can’t work says why in one sentence', () => {
  test('a file in the folder’s place', async () => {
    await writeFile(dataDir, '')
    await expect(start()).rejects.toMatchObject({
      code: 'FOLDER_UNUSABLE',
      message: `The folder ${dataDir} can't be used: a file is in its place.`,
    })
  })

  test('a port that was asked for and is taken', async () => {
    const squatter = createServer().listen(0, '127.0.0.1')
    await once(squatter, 'listening')
    cleanUps.push(async () => squatter.close())
    const address = squatter.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    await expect(start({ port })).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      message: `PostgreSQL can't listen on port ${port}: it is in use.`,
    })
  })

  test('a setting that PostgreSQL refuses', async () => {
    await expect(start({ settings: { fsync: 'off', shared_buffers: 'much' } })).rejects.toMatchObject({
      code: 'START_FAILED',
      message: 'PostgreSQL did not start: invalid value for parameter "shared_buffers": "much".',
    })
  })

  test('a damaged record', async () => {
    await mkdir(dataDir)
    await writeFile(join(dataDir, 'server.json'), '{"pass')
    await expect(start()).rejects.toMatchObject({ code: 'FOLDER_UNUSABLE' })
  })
})

describe.runIf(isRoot)('started by root', () => {
  test('in a folder that only root may enter, the data goes where PostgreSQL’s user can be', async () => {
    await chmod(folder, 0o700)
    const notes: string[] = []
    const logger = { info: (note: string) => notes.push(note) }
    const server = await startLocalPostgres({ dataDir, settings, logger })
    const { cluster }: { cluster: string } = JSON.parse(await readFile(join(dataDir, 'server.json'), 'utf8'))
    await query(server.ownerUrl, 'create table kept as select 7 as answer')
    await server.stop()
    const again = await startLocalPostgres({ dataDir, settings })
    const rows = await query(again.ownerUrl, 'select answer from kept')
    await again.stop({ erase: true })
    expect(rows).toEqual([{ answer: 7 }])
    // Where the sources themselves are out of its reach, the programs are elsewhere, too.
    expect(notes).toEqual([expect.stringMatching(/^PostgreSQL can't run as root: .*its data is in /)])
    expect(notes[0]?.endsWith(` its data is in ${cluster}`)).toBe(true)
    await expect(stat(dirname(cluster))).rejects.toThrow('ENOENT')
  })

  test('what another user started in a folder, root continues as that user', async () => {
    const first = await start()
    await first.stop()
    const { cluster }: { cluster: string } = JSON.parse(await readFile(join(dataDir, 'server.json'), 'utf8'))
    await promisify(execFile)('chown', ['-R', 'nobody', cluster])
    const second = await start()
    const owner = (await stat(join(cluster, 'postmaster.pid'))).uid
    expect(owner).toBe((await stat(cluster)).uid)
    expect(await query(second.ownerUrl, 'select 1 as answer')).toEqual([{ answer: 1 }])
  })
})

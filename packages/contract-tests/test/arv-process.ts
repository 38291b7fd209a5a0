import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { programEnvironment, type TestDatabase } from '@arv/testkit'
import { type Client, connectClient, textAt } from './client.ts'

const LAUNCHER = join(import.meta.dirname, '../../launcher/src')
const ADMINISTRATOR = { email: 'admin@arv.example', password: 'correct horse battery' }
/** Eight processes on a machine that is busy with other tests. */
const START_MS = 180_000
const END_MS = 60_000
const POLL_MS = 50

export interface ArvProcessOptions {
  /** Its working folder; its data folder is `data` in it. */
  readonly folder: string
  /** In place of that data folder. */
  readonly dataDir?: string
  /** `start` is one process, `dev` many. */
  readonly program?: 'start' | 'dev'
  readonly variables?: Readonly<Record<string, string>>
}

/** The variables that make it use a test's database in place of a PostgreSQL of its own. */
export function databaseVariables({ ownerUrl, urls }: TestDatabase): Record<string, string> {
  const logins = Object.entries(urls).map(([login, url]) => [`DATABASE_URL_${login.toUpperCase()}`, url])
  return { DATABASE_URL: ownerUrl, ...Object.fromEntries(logins) }
}

/** Signs its administrator in. */
export async function signInTo(url: string): Promise<{ accessToken: string; client: Client }> {
  const visitor = connectClient(url, undefined)
  const session = await visitor.send('SignIn', { input: ADMINISTRATOR })
  await visitor.close()
  const accessToken = textAt(session, 'signIn', 'session', 'accessToken')
  return { accessToken, client: connectClient(url, accessToken) }
}

/** ARV as somebody starts it, in processes that a test may kill. */
export interface ArvProcess {
  readonly url: string
  readonly pid: number
  isRunning(): boolean
  /** Everything that it wrote so far. */
  said(): string
  /** Itself and all that it started, and these. */
  tree(): Promise<number[]>
  /** kill -9 of these processes, the server first; resolves when they are gone. */
  kill(pids: readonly number[]): Promise<void>
  /** Sends SIGTERM, and resolves when it has ended: how, and after how many milliseconds. */
  terminate(): Promise<{ code: number | null; ms: number }>
  /** For the end of a test, however it went. */
  stop(): Promise<void>
}

/** @throws Error with what it said when it ends before it is ready, or takes too long */
export async function startArvProcess(options: ArvProcessOptions): Promise<ArvProcess> {
  const child = spawnArv(options)
  const { pid } = child
  if (pid === undefined) throw new Error('the server has no process')
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => (said += String(text)))
  const ended = once(child, 'exit')
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null
  const terminate = async () => {
    const asked = performance.now()
    child.kill('SIGTERM')
    await within(END_MS, ended, 'end')
    return { code: child.exitCode, ms: performance.now() - asked }
  }
  return {
    url: await addressOf(() => said, hasEnded),
    pid,
    isRunning: () => !hasEnded(),
    said: () => said,
    tree: () => treeOf(pid),
    kill: async (pids) => {
      for (const each of [pid, ...pids]) killNow(each)
      await within(END_MS, ended, 'be killed')
      await untilGone(pids)
    },
    terminate,
    stop: async () => {
      if (hasEnded()) return
      await terminate().catch(() => child.kill('SIGKILL'))
    },
  }
}

function spawnArv({ folder, dataDir, program = 'start', variables }: ArvProcessOptions): ChildProcess {
  return spawn(process.execPath, [join(LAUNCHER, `${program}.ts`)], {
    cwd: folder,
    env: {
      ...programEnvironment(),
      HOST: '127.0.0.1',
      PORT: '0',
      ARV_DATA_DIR: dataDir ?? join(folder, 'data'),
      ARV_ADMIN_EMAIL: ADMINISTRATOR.email,
      ARV_ADMIN_PASSWORD: ADMINISTRATOR.password,
      ...variables,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

async function addressOf(said: () => string, hasEnded: () => boolean): Promise<string> {
  for (let waited = 0; waited < START_MS && !hasEnded(); waited += POLL_MS) {
    const [address] = /http:\/\/localhost:\d+/.exec(said()) ?? []
    if (address !== undefined) return address
    await delay(POLL_MS)
  }
  throw new Error(`the server did not start: ${said()}`)
}

/** Linux tells it in `/proc`: no program for that is on every machine. */
async function treeOf(root: number): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const parents = new Map(await Promise.all(pids.map(async (pid) => [pid, await parentOf(pid)] as const)))
  const found = [root]
  for (const pid of found) {
    for (const [child, parent] of parents) if (parent === pid) found.push(child)
  }
  return found
}

async function parentOf(pid: number): Promise<number | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  // The command, in parentheses, may hold anything.
  const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return parent === undefined || state === 'Z' ? undefined : Number(parent)
}

export async function untilGone(pids: readonly number[]): Promise<void> {
  let left = pids
  for (let waited = 0; waited < END_MS; waited += POLL_MS) {
    const parents = await Promise.all(left.map(parentOf))
    left = left.filter((_, index) => parents[index] !== undefined)
    if (left.length === 0) return
    await delay(POLL_MS)
  }
  throw new Error(`the processes ${left.join(', ')} outlived their server`)
}

function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

async function within(ms: number, event: Promise<unknown>, what: string): Promise<void> {
  const timeUp = new AbortController()
  const late = delay(ms, undefined, { signal: timeUp.signal, ref: false }).then(
    () => Promise.reject(new Error(`the server did not ${what} within ${ms / 1000} s`)),
    () => undefined,
  )
  try {
    await Promise.race([event, late])
  } finally {
    timeUp.abort()
  }
}

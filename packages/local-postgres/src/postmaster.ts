import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { holdLifeline } from './lifeline.ts'
import { LocalPostgresError } from './local-postgres-error.ts'
import type { Place } from './place.ts'
import { commandOf, isAlive } from './processes.ts'

export interface Postmaster {
  readonly pid: number
  /** Resolves when the server has ended, whatever ended it. */
  readonly ended: Promise<void>
  /** Ends it as soon as its open transactions are rolled back. */
  stop(): Promise<void>
}

const START_DEADLINE_MS = 60_000
const STOP_DEADLINE_MS = 8_000

/**
 * Starts the server and waits until it takes connections.
 *
 * @param settings PostgreSQL settings by name
 * @throws LocalPostgresError START_FAILED with the last thing that the server said
 */
export async function startPostmaster(
  place: Place,
  logFile: string,
  settings: Readonly<Record<string, string | number>>,
): Promise<Postmaster> {
  const log = await open(logFile, 'w', 0o600)
  const child = spawn(
    place.binaries.postgres,
    ['-D', place.cluster, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    {
      ...place.user,
      cwd: place.cluster,
      stdio: ['ignore', log.fd, log.fd],
      // In a session of its own: Ctrl-C in the terminal is for us, who drain first and then end it.
      detached: true,
    },
  )
  // Listened for before anything is waited for: what it refuses ends it within milliseconds, and that is told once.
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const [spawned] = await Promise.allSettled([once(child, 'spawn'), log.close()])
  if (spawned.status === 'rejected') throw startFailed(String(spawned.reason), spawned.reason)
  if (child.pid === undefined) throw startFailed('it has no process')
  const postmaster = supervise(child, child.pid, exited)
  await untilReady(child, child.pid, place.cluster, logFile).catch(async (error: unknown) => {
    await postmaster.stop()
    throw error
  })
  return postmaster
}

function supervise(child: ChildProcess, pid: number, exited: Promise<void>): Postmaster {
  const releaseLifeline = holdLifeline(pid, 'INT')
  const ended = exited.then(releaseLifeline)
  child.unref()
  return {
    pid,
    ended,
    stop: async () => {
      await endProcess(pid, () => child.exitCode !== null || child.signalCode !== null)
      await ended
    },
  }
}

/** pg_ctl, too, reads the eighth line of postmaster.pid to know when the server is ready. */
async function untilReady(child: ChildProcess, pid: number, cluster: string, logFile: string): Promise<void> {
  const deadline = Date.now() + START_DEADLINE_MS
  while (Date.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) throw startFailed(await lastWords(logFile))
    const lines = await pidFileLines(cluster)
    if (lines[0]?.trim() === String(pid) && lines[7]?.trim() === 'ready') return
    await delay(15)
  }
  throw startFailed(`it was not ready after ${START_DEADLINE_MS / 1000} s`)
}

/** A server outlives a parent that was killed together with the lifeline; its files then belong to nobody. */
export async function endLeftover(cluster: string): Promise<void> {
  const pid = Number((await pidFileLines(cluster))[0])
  if (!Number.isInteger(pid) || pid <= 0) return
  const command = await commandOf(pid)
  if (command?.includes(cluster)) {
    await endProcess(pid, () => !isAlive(pid))
    return
  }
  // PostgreSQL refuses to start when any process has the pid of the file.
  await rm(join(cluster, 'postmaster.pid'), { force: true })
}

async function endProcess(pid: number, hasEnded: () => boolean): Promise<void> {
  // The orderly way first; then "immediate", after which the next start recovers from the log.
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    const deadline = Date.now() + STOP_DEADLINE_MS
    try {
      if (!hasEnded()) process.kill(pid, signal)
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return
      throw error
    }
    while (Date.now() < deadline) {
      if (hasEnded()) return
      await delay(15)
    }
  }
}

async function pidFileLines(cluster: string): Promise<string[]> {
  const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '')
  return text.split('\n')
}

async function lastWords(logFile: string): Promise<string> {
  const lines = (await readFile(logFile, 'utf8').catch(() => '')).trim().split('\n')
  const fatal = lines.findLast((line) => /FATAL|PANIC/.test(line)) ?? lines.at(-1) ?? ''
  return fatal.replace(/^.*?(FATAL|PANIC):\s*/, '') || 'it said nothing'
}

function startFailed(reason: string, cause?: unknown): LocalPostgresError {
  return new LocalPostgresError('START_FAILED', `PostgreSQL did not start: ${reason}.`, cause)
}

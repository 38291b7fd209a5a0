import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { holdLifeline } from '@arv/local-postgres'
import { StartUpError } from './start-up-error.ts'

/** One of ARV's processes: a `main.ts`, and the variables that it may know. */
export interface Program {
  readonly name: string
  readonly main: string
  readonly port: number
  readonly variables: Readonly<Record<string, string>>
}

export interface ProgramProcess {
  readonly name: string
  readonly pid: number
  /** Resolves when it answers that it can do its work. @throws StartUpError when it ends before, or takes too long */
  ready(deadlineMs?: number): Promise<void>
  /** Resolves with how it ended: `exit code 1`, `SIGKILL`. */
  readonly ended: Promise<string>
  /** SIGTERM, and SIGKILL to what has not ended by then. */
  stop(deadlineMs: number): Promise<void>
}

const READY_DEADLINE_MS = 60_000
const READY_POLL_MS = 100

/** What a process gets of our own environment: what Node and its libraries need to run, and no secret. */
const PASSED_ON = [
  'PATH',
  'HOME',
  'TMPDIR',
  'LANG',
  'TZ',
  'NODE_ENV',
  'NODE_OPTIONS',
  'NODE_EXTRA_CA_CERTS',
  'NODE_COMPILE_CACHE',
  'FORCE_COLOR',
]

export function startProgram(program: Program): ProgramProcess {
  const passedOn = PASSED_ON.flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  const child = spawn(process.execPath, [program.main], {
    env: { ...Object.fromEntries(passedOn), ...program.variables },
    stdio: ['ignore', 'inherit', 'inherit'],
    // Out of the terminal's Ctrl-C, which is for us: we end the processes in their order.
    detached: true,
  })
  const { pid } = child
  if (pid === undefined) throw new StartUpError(`The process ${program.name} could not be started.`)
  const releaseLifeline = holdLifeline(pid, 'TERM')
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null
  const ended = once(child, 'exit').then(() => {
    releaseLifeline()
    return child.signalCode ?? `exit code ${child.exitCode}`
  })
  return {
    name: program.name,
    pid,
    ended,
    ready: (deadlineMs = READY_DEADLINE_MS) => untilReady(program, hasEnded, deadlineMs),
    stop: async (deadlineMs) => {
      child.kill('SIGTERM')
      const tooLate = new AbortController()
      const kill = delay(deadlineMs, undefined, { signal: tooLate.signal, ref: false }).then(
        () => child.kill('SIGKILL'),
        () => undefined,
      )
      await ended
      tooLate.abort()
      await kill
    },
  }
}

async function untilReady(
  { name, port }: Program,
  hasEnded: () => boolean,
  deadlineMs: number,
): Promise<void> {
  const deadline = Date.now() + deadlineMs
  while (Date.now() < deadline) {
    if (hasEnded()) throw new StartUpError(`${name} did not start; it said why above.`)
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined)
    await answer?.body?.cancel()
    if (answer?.ok) return
    await delay(READY_POLL_MS)
  }
  throw new StartUpError(`${name} was not ready after ${deadlineMs / 1000} s.`)
}

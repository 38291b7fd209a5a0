import { setTimeout as delay } from 'node:timers/promises'
import { type Program, type ProgramProcess, startProgram } from './program-process.ts'

/** A process that is started again whenever it ends, until it is stopped. */
export interface KeptProgram {
  readonly name: string
  /** Of the process that runs now or ran last. */
  readonly pid: number
  /** Resolves when it answers that it can do its work, however often it had to be started for that. */
  ready(): Promise<void>
  /** Ends what runs, and starts it anew; what waits to be started does not wait any longer. */
  restart(): void
  stop(deadlineMs: number): Promise<void>
}

const FIRST_DELAY_MS = 500
const LAST_DELAY_MS = 10_000
/** Who ran for so long has not failed to start. */
const SETTLED_MS = 10_000
const RESTART_STOP_MS = 5_000

/** @param say is told in plain lines when it ended by itself, and when it is back */
export function keepProgram(program: Program, say: (line: string) => void): KeptProgram {
  const ready = Promise.withResolvers<void>()
  let running = startProgram(program)
  let asked: 'restart' | 'stop' | undefined
  let wake = new AbortController()

  const announce = async (child: ProgramProcess, isFirst: boolean) => {
    await child.ready(Infinity)
    if (!isFirst) say(`${program.name} is back.`)
    ready.resolve()
  }
  /** Resolves when it is to be started again. */
  const untilNext = async (waitMs: number, how: string) => {
    if (asked !== undefined) return
    say(`${program.name} ended (${how}): it is started again when a file changes, or in ${waitMs / 1000} s.`)
    wake = new AbortController()
    await delay(waitMs, undefined, { signal: wake.signal }).catch(() => undefined)
  }
  const keep = async () => {
    let waitMs = FIRST_DELAY_MS
    for (let isFirst = true; asked !== 'stop'; isFirst = false) {
      if (!isFirst) running = startProgram(program)
      asked = undefined
      const startedAt = Date.now()
      // It may end before it is ready; how it ended is said below.
      announce(running, isFirst).catch(() => undefined)
      const how = await running.ended
      if (Date.now() - startedAt > SETTLED_MS) waitMs = FIRST_DELAY_MS
      await untilNext(waitMs, how)
      waitMs = asked === undefined ? Math.min(waitMs * 2, LAST_DELAY_MS) : FIRST_DELAY_MS
    }
  }
  const kept = keep()
  const end = async (what: 'restart' | 'stop', deadlineMs: number) => {
    asked = asked === 'stop' ? asked : what
    wake.abort()
    await running.stop(deadlineMs)
  }
  return {
    name: program.name,
    get pid() {
      return running.pid
    },
    ready: () => ready.promise,
    restart: () => void end('restart', RESTART_STOP_MS),
    stop: async (deadlineMs) => {
      await end('stop', deadlineMs)
      await kept
    },
  }
}

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

const POLL_MS = 500
/** Nobody starts us through more shells and runners than this. */
const MOST_ANCESTORS = 12
const RUNNER = /^(?:npm|npx|pnpm|yarn)(?:-cli)?(?:\.[cm]?js)?$/

interface Process {
  readonly parent: number
  readonly isRunner: boolean
}

/**
 * Tells when one of the processes ended that ran us for somebody: `npx pnpm start` is npm, a shell, pnpm, another shell,
 * and us. The shell in the middle passes no SIGTERM on, so that ending npm, which is all that whoever started it can
 * see, would leave us running and them believing that we ended.
 *
 * A terminal or a script that npm was started from is not watched: that may go, as with `nohup`.
 *
 * @returns ends the watch
 */
export function watchRunner(ended: () => void): () => void {
  const runners = runnersAbove(process.ppid)
  const timer = setInterval(() => {
    if (runners.every(isAlive)) return
    clearInterval(timer)
    ended()
  }, POLL_MS)
  timer.unref()
  return () => clearInterval(timer)
}

/** The processes from `pid` upwards to the outermost package runner; none when there is no runner. */
function runnersAbove(pid: number): number[] {
  const above: number[] = []
  let outermost = 0
  for (let at = pid; at > 1 && above.length < MOST_ANCESTORS;) {
    const found = look(at)
    if (!found) break
    above.push(at)
    if (found.isRunner) outermost = above.length
    at = found.parent
  }
  return above.slice(0, outermost)
}

function look(pid: number): Process | undefined {
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split(/[\0\s]+/)
    return { parent: Number(statOf(pid)[1]), isRunner: namesRunner(command) }
  } catch {
    return askPs(pid)
  }
}

/** Where there is no `/proc`. */
function askPs(pid: number): Process | undefined {
  try {
    const text = execFileSync('ps', ['-o', 'ppid=,args=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const [parent, ...command] = text.trim().split(/\s+/)
    return { parent: Number(parent), isRunner: namesRunner(command) }
  } catch {
    return undefined
  }
}

/** `npm exec …`, as runners call themselves, or `node /usr/bin/npm …`, as they are started. */
function namesRunner(command: readonly string[]): boolean {
  return command.slice(0, 2).some((word) => RUNNER.test(word.slice(word.lastIndexOf('/') + 1)))
}

/** State, parent and the rest of what the kernel knows; the name before them may hold anything but is in brackets. */
function statOf(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
  try {
    // It may have ended without anybody taking notice.
    return statOf(pid)[0] !== 'Z'
  } catch {
    return true
  }
}

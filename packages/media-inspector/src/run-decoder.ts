import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import {
  messageSchema,
  type ImageAnswer,
  type ImageJob,
  type VideoAnswer,
  type VideoJob,
} from './decoder-protocol.ts'
import { rejected, type Rejection } from './rejection.ts'
import { createTurnstile } from './turnstile.ts'

type Answer = ImageAnswer | VideoAnswer | Rejection

export type DecoderLimits = {
  /** After this many milliseconds the process is killed. Waiting for a free place does not count. Default: 60,000. */
  readonly deadlineMs?: number
  /** Resident memory at which the process is ended. Default: 1 GiB, enough for 100 megapixels. */
  readonly memoryLimitBytes?: number
  /** Kills the process; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal
}

// How many files are decoded at a time must not be up to the clients.
const takeTurn = createTurnstile(2)

/**
 * Does one job in a process of its own. A file that crashes it, makes it hang or take too much memory is
 * rejected; that the process could not be started, or failed for want of disk, is thrown. When the promise
 * settles the process is gone.
 */
export function runDecoder(work: ImageJob | VideoJob, limits: DecoderLimits = {}): Promise<Answer> {
  return takeTurn(async () => {
    limits.signal?.throwIfAborted()
    const child = start()
    const abort = () => child.kill('SIGKILL')
    limits.signal?.addEventListener('abort', abort)
    const deadline = AbortSignal.timeout(limits.deadlineMs ?? 60_000)
    deadline.addEventListener('abort', abort)
    child.send({ work, memoryLimitBytes: limits.memoryLimitBytes ?? 1024 ** 3 }, () => undefined)
    try {
      const end = await untilGone(child)
      limits.signal?.throwIfAborted()
      return end.answer ?? explain(end, deadline.aborted)
    } finally {
      limits.signal?.removeEventListener('abort', abort)
      deadline.removeEventListener('abort', abort)
    }
  })
}

function start(): ChildProcess {
  return fork(fileURLToPath(new URL('decoder-process.ts', import.meta.url)), [], {
    env: {},
    execArgv: ['--max-old-space-size=256'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
}

type End = {
  readonly answer: Answer | null
  readonly ready: boolean
  readonly signal: string | null
  readonly errorOutput: string
}

/** Listens to the process, ends it once it has answered, and waits until it is gone. */
function untilGone(child: ChildProcess): Promise<End> {
  return new Promise((resolve, reject) => {
    let ready = false
    let answer: Answer | null = null
    let failure: Error | null = null
    let errorOutput = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      errorOutput = (errorOutput + text).slice(-2000)
    })
    child.on('message', (sent) => {
      const message = messageSchema.safeParse(sent)
      if (message.data?.kind === 'ready') {
        ready = true
        return
      }
      if (message.data?.kind === 'failed') failure = failureOf(message.data.message)
      else answer ??= message.data ?? null
      child.kill('SIGKILL')
    })
    child.on('error', reject)
    child.on('close', (_code, signal) => {
      if (failure === null) resolve({ answer, ready, signal, errorOutput })
      else reject(failure)
    })
  })
}

/** What it means that the process ended without an answer. */
function explain({ ready, signal, errorOutput }: End, late: boolean): Rejection {
  if (late) return rejected('TIMED_OUT', 'The file takes too long to read. A smaller one will work.')
  if (!ready) throw new Error(`The decoder did not start: ${errorOutput}`)
  if (signal === 'SIGKILL') {
    return rejected('TOO_DEMANDING', 'The file needs too much memory to be decoded. A smaller one will work.')
  }
  return rejected('CORRUPT', 'The file is damaged and can not be decoded.', `${signal} ${errorOutput}`)
}

/** What failed on this machine. A full disk, which libvips puts in words, gets the system's code for it again. */
function failureOf(message: string): Error {
  const isDiskFull = /\bENOSPC\b|\bEDQUOT\b|No space left on device|Disk quota exceeded/.test(message)
  return Object.assign(new Error(`Decoding failed: ${message}`), isDiskFull && { code: 'ENOSPC' })
}

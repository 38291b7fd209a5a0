import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { childAnswerSchema } from './child-protocol.ts'
import type { ChildAnswer, MarkerImage } from './child-protocol.ts'
import type { MarkerResult } from './marker-result.ts'

export interface CompileMarkerOptions {
  /**
   * From the start of the process to its answer; default 120 s, some fifty times what a compilation takes.
   */
  deadlineMs?: number
  /** Limit of the process's JavaScript heap; default 512 MB. Pixels and tensors come on top, some 200 MB. */
  maxOldSpaceMb?: number
  /** Kills the process when it aborts. */
  signal?: AbortSignal
}

const DEFAULT_DEADLINE_MS = 120_000
const DEFAULT_OLD_SPACE_MB = 512
/**
 * How much of what the child wrote to stderr is kept for the log: V8 says why it died before 4,000 characters
 * of stack.
 */
const DETAIL_LENGTH = 8000
/** The child handles files that strangers sent: it gets what a process needs to start, and no secret. */
const INHERITED_ENV = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'LANG', 'TZ', 'LD_LIBRARY_PATH', 'SystemRoot']

/**
 * Compiles an image to a genuine MindAR `.mind` file and rates it.
 *
 * Runs in a process of its own, which is gone when the promise settles, whatever happened; the caller's event
 * loop stays free. Expected outcomes, the deadline and a crash of that process included, are returned.
 *
 * @throws the signal's reason when `signal` aborts
 */
export async function compileMarker(
  image: MarkerImage,
  options: CompileMarkerOptions = {},
): Promise<MarkerResult> {
  const { deadlineMs = DEFAULT_DEADLINE_MS, maxOldSpaceMb = DEFAULT_OLD_SPACE_MB, signal } = options
  signal?.throwIfAborted()

  const deadline = AbortSignal.timeout(deadlineMs)
  const child = fork(new URL('./compile-child.ts', import.meta.url), {
    env: childEnv(process.env),
    execArgv: [`--max-old-space-size=${maxOldSpaceMb}`],
    killSignal: 'SIGKILL',
    // Bytes as bytes; the default would write them as JSON.
    serialization: 'advanced',
    signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const { answer, death } = await converse(child, image)

  if (answer !== undefined) return answer
  signal?.throwIfAborted()
  if (deadline.aborted) {
    return {
      kind: 'failed',
      code: 'TIMED_OUT',
      message: `The marker was not compiled within ${Math.ceil(deadlineMs / 1000)} seconds.`,
    }
  }
  return {
    kind: 'failed',
    code: 'INTERNAL',
    message: 'The marker could not be compiled.',
    detail: death,
  }
}

/** What of an environment the child inherits. */
export function childEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    INHERITED_ENV.flatMap((name) => {
      const value = env[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

/** Hands the child the image and waits until the child is gone. */
function converse(
  child: ChildProcess,
  image: MarkerImage,
): Promise<{ answer: ChildAnswer | undefined; death: string }> {
  let answer: ChildAnswer | undefined
  let lastWords = ''
  let trouble = ''

  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-DETAIL_LENGTH)
  })
  child.once('message', (message) => {
    answer = childAnswerSchema.safeParse(message).data
  })
  child.send(image, (error) => {
    // The child died first; its 'close' tells the rest.
    if (error !== null) trouble = error.message
  })

  return new Promise((resolve) => {
    // Emitted on abort (the kill follows), and in place of everything else when no process could be started.
    child.on('error', (error) => {
      trouble = error.message
      if (child.pid === undefined) resolve({ answer: undefined, death: trouble })
    })
    // 'close' and not 'exit': it also waits for the channel's end, so an answer can't arrive after it. (For
    // the same reason the child lets go of the channel, never the parent: Node then would not emit 'close'
    // at all.)
    child.once('close', (code, signal) => {
      const how = signal === null ? `exit code ${code}` : `signal ${signal}`
      resolve({ answer, death: [how, trouble, lastWords].filter((part) => part !== '').join('; ') })
    })
  })
}

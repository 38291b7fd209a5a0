import { writeFileSync } from 'node:fs'
import { setPriority } from 'node:os'
import { jobSchema, type DecoderMessage } from './decoder-protocol.ts'

// The process that opens a stranger's file. It takes one job, answers and is killed; it gets no environment and
// so no secrets, and outlives neither its parent nor its memory limit.

const die = () => process.kill(process.pid, 'SIGKILL')
const say = (message: DecoderMessage) => process.send?.(message)

process.on('disconnect', die)
// The decoder reports what it can't decode as a rejection that belongs to nobody.
process.on('unhandledRejection', (error) => {
  const detail = error instanceof Error ? error.message : String(error)
  say({ kind: 'rejected', reason: 'CORRUPT', message: 'The file is damaged and can not be decoded.', detail })
})

process.once('message', (message) => {
  void run(message).catch((error: unknown) => {
    say({ kind: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  })
})

async function run(message: unknown): Promise<void> {
  const { work, memoryLimitBytes } = jobSchema.parse(message)
  giveWay()
  if (work.kind === 'image') {
    const { encodeImage } = await import('./encode-image.ts')
    begin(memoryLimitBytes)
    say(await encodeImage(work))
  } else {
    const { readVideo } = await import('./read-video.ts')
    begin(memoryLimitBytes)
    say(await readVideo(work))
  }
}

/** Decoding happens in native threads, so this one is free to watch what it takes. */
function begin(memoryLimitBytes: number): void {
  say({ kind: 'ready' })
  setInterval(() => {
    if (process.memoryUsage.rss() > memoryLimitBytes) die()
  }, 20)
}

/** Those who wait for an answer go first; and if memory runs out, it is this process that the kernel ends. */
function giveWay(): void {
  setPriority(10)
  try {
    writeFileSync('/proc/self/oom_score_adj', '1000')
  } catch {
    // Only Linux has it, and a container may forbid it.
  }
}

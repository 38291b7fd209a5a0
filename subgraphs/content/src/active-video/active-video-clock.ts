import { setTimeout as delay } from 'node:timers/promises'
import { companies, type Database, platform } from '@arv/database'
import type { EventWriter, RotationChangeReason } from '@arv/events'
import type { Logger } from 'pino'
import type { Video } from '../videos/videos.repository.ts'
import { type DueContent, lockDueContent, readDueContents } from './due-contents.repository.ts'
import { materialiseActiveVideo } from './materialise-active-video.ts'

/**
 * A boundary may be set at any time by any process, so the clock looks this often at least; when it knows one that is
 * nearer, it looks then.
 */
const LOOK_EVERY_MS = 1_000
const ACTOR = { kind: 'job', name: 'active-video-clock' } as const

export interface ClockDeps {
  readonly database: Database
  readonly events: EventWriter
  readonly logger: Logger
}

/**
 * Materialises what plays at each boundary. Any number of them may run: a content is locked while one is at it, and no
 * longer due afterwards. The time is the database's, so that clocks of machines don't matter.
 *
 * @returns how to stop it; resolves when nothing of it runs any more
 */
export function startActiveVideoClock(deps: ClockDeps): () => Promise<void> {
  const stopping = new AbortController()
  const running = run(deps, stopping.signal)
  return async () => {
    stopping.abort()
    await running
  }
}

async function run(deps: ClockDeps, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const waitMs = await tick(deps, signal)
    await delay(waitMs, undefined, { signal }).catch(() => undefined)
  }
}

/** Answers after how many milliseconds to look again. */
async function tick({ database, events, logger }: ClockDeps, signal: AbortSignal): Promise<number> {
  try {
    const { due, nextInMs } = await database.read(platform(ACTOR), readDueContents)
    for (const content of due) {
      if (signal.aborted) return 0
      await materialise({ database, events, logger }, content)
    }
    return Math.min(nextInMs ?? LOOK_EVERY_MS, LOOK_EVERY_MS)
  } catch (error) {
    logger.warn({ err: error }, 'The clock of active videos could not look')
    return LOOK_EVERY_MS
  }
}

async function materialise({ database, events, logger }: ClockDeps, due: DueContent): Promise<void> {
  try {
    await database.write(companies([due.companyId], ACTOR), async (tx) => {
      const locked = await lockDueContent(tx, due)
      if (!locked) return
      const { nextChangeAt } = locked.content
      await materialiseActiveVideo(tx, events, locked, (winner) => reasonOf(winner, nextChangeAt))
    })
  } catch (error) {
    // One content must not keep the others from their turn; this one is tried again.
    logger.error({ err: error, contentId: due.id }, 'An active video could not be stored')
  }
}

/** A window that opened since the boundary which was due is why its video plays; else another one has closed. */
function reasonOf(winner: Video | null, boundary: Date | null): RotationChangeReason {
  const start = winner?.scheduleStart ?? null
  return start !== null && boundary !== null && start >= boundary ? 'WINDOW_OPENED' : 'WINDOW_CLOSED'
}

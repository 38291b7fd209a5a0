import { setTimeout as delay } from 'node:timers/promises'
import { companies, type Database, platform } from '@arv/database'
import type { EventWriter } from '@arv/events'
import type { Logger } from 'pino'
import { type DueContent, lockDueContents, readDueContents } from './due-contents.repository.ts'
import { materialiseActiveVideos } from './materialise-active-video.ts'

/**
 * A boundary may be set at any time by any process, so the clock looks this often at least; when it knows one that is
 * nearer, it looks then.
 */
const LOOK_EVERY_MS = 1_000
/** What others are at just now is left to them for so long. */
const LEAVE_TO_OTHERS_MS = 500
/** Contents of one company that are written down in one transaction: a crash costs no more than these a second try. */
const BATCH_SIZE = 50
/** Batches at once: while the database is busy with one, the next is computed. */
const LANES = 3
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
async function tick(deps: ClockDeps, signal: AbortSignal): Promise<number> {
  try {
    const { due, nextInMs } = await deps.database.read(platform(ACTOR), readDueContents)
    const batches = batchesOf(due)
    let written = 0
    const work = async () => {
      for (let batch = batches.shift(); batch && !signal.aborted; batch = batches.shift()) {
        written += await materialise(deps, batch)
      }
    }
    await Promise.all(Array.from({ length: LANES }, work))
    if (due.length > 0 && written === 0) return LEAVE_TO_OTHERS_MS
    return Math.min(nextInMs ?? LOOK_EVERY_MS, LOOK_EVERY_MS)
  } catch (error) {
    deps.logger.warn({ err: error }, 'The clock of active videos could not look')
    return LOOK_EVERY_MS
  }
}

/** Contents of one company. */
interface Batch {
  readonly companyId: number
  readonly ids: readonly number[]
}

function batchesOf(due: readonly DueContent[]): Batch[] {
  const ofCompany = Map.groupBy(due, ({ companyId }) => companyId)
  return [...ofCompany].flatMap(([companyId, contents]) => {
    const ids = contents.map(({ id }) => id)
    const starts = Array.from(
      { length: Math.ceil(ids.length / BATCH_SIZE) },
      (_, index) => index * BATCH_SIZE,
    )
    return starts.map((start) => ({ companyId, ids: ids.slice(start, start + BATCH_SIZE) }))
  })
}

/** Answers how many contents it has brought up to now. */
async function materialise(deps: ClockDeps, batch: Batch): Promise<number> {
  const { database, events, logger } = deps
  const { companyId, ids } = batch
  try {
    return await database.write(companies([companyId], ACTOR), async (tx) => {
      const locked = await lockDueContents(tx, companyId, ids)
      await materialiseActiveVideos(tx, events, locked, null)
      return locked.contents.length
    })
  } catch (error) {
    const [id, ...others] = ids
    if (others.length === 0) {
      // It is tried again the next time.
      logger.error({ err: error, contentId: id }, 'An active video could not be stored')
      return 0
    }
    // One content must not keep the others from their turn.
    let written = 0
    for (const alone of ids) written += await materialise(deps, { companyId, ids: [alone] })
    return written
  }
}

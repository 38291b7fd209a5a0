import { requestGraphql } from '../live/graphql-request.ts'
import { REPORT_VIEW_SESSION, START_VIEW_SESSION } from '../live/operations.ts'
import { randomUuid } from './random-uuid.ts'
import { NOT_TRACKED, trackFrame, trackingQuality } from './tracking-quality.ts'
import type { TrackedFrame } from './tracking-quality.ts'
import { createVisibleTime } from './visible-time.ts'

const HEARTBEAT_MS = 15_000
/** Who comes back later than this comes for another visit. */
const SAME_VISIT_MS = 30 * 60_000

interface Options {
  readonly origin: string
  readonly uniqueId: string
  /** Somebody tries out their own content: counted nowhere. */
  readonly preview: boolean
}

/** What the platform is told of one visit. */
export interface ViewSession {
  /** This video plays from now on. */
  played(videoUniqueId: string): void
  completed(): void
  /** After every frame that was searched for the print. */
  frame(frame: TrackedFrame): void
  /** The page is hidden, maybe for good: what is known is told now. */
  hide(): void
  /** @returns false when so much time has passed that this is another visit. */
  show(): boolean
  end(): void
}

/**
 * Tells the platform that somebody is looking, for how long, and at which video. What goes wrong here is nobody's
 * business: the visitor came to see a video.
 */
export function startViewSession({ origin, uniqueId, preview }: Options): ViewSession {
  const url = `${origin}/graphql`
  const sessionId = randomUuid()
  const time = createVisibleTime()
  let tracking = NOT_TRACKED
  let videoUniqueId: string | null = null
  let videoCompleted = false
  let hiddenAt: number | null = null
  let isStarted = false

  const send = (query: string, input: object) =>
    requestGraphql(url, query, { input }, { keepalive: true }).then(
      () => true,
      () => false,
    )

  const reportSoFar = (ended: boolean) => ({
    sessionId,
    videoUniqueId,
    durationSeconds: time.seconds(performance.now()),
    trackingQuality: trackingQuality(tracking),
    videoPlayed: videoUniqueId !== null,
    videoCompleted,
    ended,
  })

  /** Begun again until the platform has heard of it: it knows a visit by its id. */
  async function report() {
    isStarted ||= await send(START_VIEW_SESSION, { uniqueId, sessionId, preview })
    if (isStarted) await send(REPORT_VIEW_SESSION, reportSoFar(false))
  }

  /** A page that goes away waits for nothing. */
  function reportLast(ended: boolean) {
    const input = reportSoFar(ended)
    const body = JSON.stringify({ query: REPORT_VIEW_SESSION, variables: { input } })
    const isSent = navigator.sendBeacon?.(url, new Blob([body], { type: 'application/json' }))
    if (!isSent) void send(REPORT_VIEW_SESSION, input)
  }

  time.show(performance.now())
  void report()
  const heartbeat = setInterval(() => {
    if (hiddenAt === null) void report()
  }, HEARTBEAT_MS)

  return {
    played(next) {
      if (next === videoUniqueId) return
      videoUniqueId = next
      void report()
    },
    completed() {
      videoCompleted = true
    },
    frame(frame) {
      tracking = trackFrame(tracking, frame)
    },
    hide() {
      if (hiddenAt !== null) return
      hiddenAt = Date.now()
      time.hide(performance.now())
      reportLast(false)
    },
    show() {
      if (hiddenAt !== null && Date.now() - hiddenAt > SAME_VISIT_MS) return false
      hiddenAt = null
      time.show(performance.now())
      return true
    },
    end() {
      clearInterval(heartbeat)
      time.hide(performance.now())
      reportLast(true)
    },
  }
}

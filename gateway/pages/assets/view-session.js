import { request } from './graphql-client.js'
import { REPORT_VIEW_SESSION, START_VIEW_SESSION } from './operations.js'

const HEARTBEAT_MS = 15_000
/** A looping video never ends: this close to its end counts as seen through. */
const LAST_SECONDS = 0.5

/**
 * Tells the platform that somebody is looking, for how long, and at which video. What goes wrong here is nobody's
 * business: the visitor came to see a video.
 *
 * @returns `watch(videoUniqueId)`, to be told which video plays, and `end()`.
 */
export function startViewSession({ origin, uniqueId, video, preview }) {
  const sessionId = randomUuid()
  const startedAt = performance.now()
  let videoUniqueId = null
  let videoPlayed = false
  let videoCompleted = false

  const send = (query, input, options) =>
    request(`${origin}/graphql`, query, { input }, options).catch(() => undefined)

  function report(ended = false) {
    const durationSeconds = Math.round((performance.now() - startedAt) / 1000)
    const input = { sessionId, videoUniqueId, durationSeconds, videoPlayed, videoCompleted, ended }
    return send(REPORT_VIEW_SESSION, input, { keepalive: ended })
  }

  const listening = new AbortController()
  const { signal } = listening
  video.addEventListener('playing', () => (videoPlayed = true), { signal })
  video.addEventListener(
    'timeupdate',
    () => {
      if (video.currentTime > 0 && video.currentTime >= video.duration - LAST_SECONDS) videoCompleted = true
    },
    { signal },
  )
  const started = send(START_VIEW_SESSION, { uniqueId, sessionId, preview })
  const heartbeat = setInterval(() => {
    if (document.visibilityState === 'visible') void started.then(() => report())
  }, HEARTBEAT_MS)

  return {
    watch(nextVideoUniqueId) {
      if (nextVideoUniqueId === videoUniqueId) return
      videoUniqueId = nextVideoUniqueId
      void started.then(() => report())
    },
    end() {
      clearInterval(heartbeat)
      listening.abort()
      void report(true)
    },
  }
}

/** `crypto.randomUUID` is there only under HTTPS, and not in older phones. */
function randomUuid() {
  if (crypto.randomUUID) return crypto.randomUUID()
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = (bytes[6] & 0x0f) | 0x40
  bytes[8] = (bytes[8] & 0x3f) | 0x80
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

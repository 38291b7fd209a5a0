/** So long a page is hidden before the camera goes off: a glance at a message doesn't cost a new start. */
const ASLEEP_AFTER_MS = 5000

interface Options {
  readonly onHidden: () => void
  /** Hidden for some seconds. */
  readonly onAsleep: () => void
  /** @param wasAsleep - sockets and cameras from before are not to be trusted. */
  readonly onVisible: (wasAsleep: boolean) => void
  /** The page goes, for good as far as anybody knows. */
  readonly onLeave: () => void
}

export function watchPageVisibility({ onHidden, onAsleep, onVisible, onLeave }: Options): void {
  let hiddenAt = 0
  let asleep: ReturnType<typeof setTimeout> | undefined
  document.addEventListener('visibilitychange', () => {
    clearTimeout(asleep)
    if (document.hidden) {
      hiddenAt = Date.now()
      asleep = setTimeout(onAsleep, ASLEEP_AFTER_MS)
      onHidden()
    } else {
      // A phone in a pocket runs no timers: the clock tells.
      onVisible(Date.now() - hiddenAt >= ASLEEP_AFTER_MS)
    }
  })
  addEventListener('pagehide', onLeave)
  // Back out of the browser's cache of pages, where everything was closed.
  addEventListener('pageshow', ({ persisted }) => persisted && location.reload())
}

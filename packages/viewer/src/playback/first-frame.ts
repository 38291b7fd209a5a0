/** No byte for so long: the network is gone, whatever it says. */
const STALLED_MS = 20_000
/** A page that isn't drawn shows no frame; that it is decoded must do. */
const DRAWN_MS = 300

/**
 * Loads a video until its first picture is there to be shown.
 *
 * It plays meanwhile, muted: an iPhone loads nothing of a video that doesn't play, whatever `preload` says.
 * @param startAt Seconds.
 * @param onRefused It may not play before a tap: then it waits for a tap that plays it.
 * @throws when it can't be loaded or played, or `signal` aborts.
 */
export async function loadFirstFrame(
  element: HTMLVideoElement,
  { url, startAt, signal, onRefused }: FirstFrameOptions,
): Promise<void> {
  signal.throwIfAborted()
  const listening = new AbortController()
  const { signal: until } = listening
  try {
    await new Promise<void>((resolve, reject) => {
      let stalled: ReturnType<typeof setTimeout> | undefined
      let waitsForTap = false
      const notStalled = (): void => {
        clearTimeout(stalled)
        // Nothing comes before the tap: that is no fault of the network's.
        if (waitsForTap) return
        stalled = setTimeout(() => reject(new Error('The video does not come')), STALLED_MS)
      }
      until.addEventListener('abort', () => clearTimeout(stalled))
      signal.addEventListener('abort', () => reject(signal.reason), { signal: until })
      element.addEventListener('error', () => reject(element.error), { signal: until })
      element.addEventListener('progress', notStalled, { signal: until })
      element.addEventListener('loadeddata', () => resolve(), { signal: until })
      notStalled()
      element.muted = true
      element.src = url
      element.load()
      element.play().catch((error: unknown) => {
        if (!isRefused(error)) return
        waitsForTap = true
        clearTimeout(stalled)
        onRefused()
      })
    })
  } finally {
    listening.abort()
  }
  if (startAt > 0) element.currentTime = startAt
  await drawn(element)
  signal.throwIfAborted()
}

interface FirstFrameOptions {
  readonly url: string
  readonly startAt: number
  readonly signal: AbortSignal
  readonly onRefused: () => void
}

export function isRefused(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'NotAllowedError'
}

function drawn(element: HTMLVideoElement): Promise<void> {
  if (!('requestVideoFrameCallback' in HTMLVideoElement.prototype)) return Promise.resolve()
  return new Promise((resolve) => {
    const handle = element.requestVideoFrameCallback(() => {
      clearTimeout(timer)
      resolve()
    })
    const timer = setTimeout(() => {
      element.cancelVideoFrameCallback(handle)
      resolve()
    }, DRAWN_MS)
  })
}

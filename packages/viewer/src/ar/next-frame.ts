/** Safari before 15.4 and Firefox before 132 do not. */
export const TELLS_FRAMES = 'requestVideoFrameCallback' in HTMLVideoElement.prototype

/** A camera in a page that is covered, or one that stands still, shows no new frames: look again all the same. */
const AT_MOST_MS = 250

/**
 * When a playing element shows its next picture; in browsers that can't say so, when the page is next drawn. While the
 * page is hidden: never, until it is shown again.
 */
export async function nextFrameOf(video: HTMLVideoElement, signal: AbortSignal): Promise<void> {
  if (document.hidden) await shown(signal)
  if (signal.aborted) return
  await new Promise<void>((resolve) => {
    if (TELLS_FRAMES) {
      const timer = setTimeout(() => {
        video.cancelVideoFrameCallback(handle)
        resolve()
      }, AT_MOST_MS)
      const handle = video.requestVideoFrameCallback(() => {
        clearTimeout(timer)
        resolve()
      })
    } else requestAnimationFrame(() => resolve())
  })
}

function shown(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      if (document.hidden && !signal.aborted) return
      document.removeEventListener('visibilitychange', done)
      signal.removeEventListener('abort', done)
      resolve()
    }
    document.addEventListener('visibilitychange', done)
    signal.addEventListener('abort', done)
  })
}

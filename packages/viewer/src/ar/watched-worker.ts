export interface WatchedWorker {
  /**
   * Waits for what MindAR asked of its worker.
   * @returns null when the worker threw: the numbers of that frame led nowhere (a singular matrix), the next frame's
   *   may.
   * @throws when it was never loaded, does not answer at all, or throws at every frame.
   */
  answer<Answer>(asked: Promise<Answer>): Promise<Answer | null>
}

const NO_ANSWER_MS = 15_000
const TOO_MANY_FAILURES = 30

/** MindAR waits for ever for a worker that threw or was never loaded. */
export function watchWorker(worker: EventTarget): WatchedWorker {
  let failures = 0
  let onError: (() => void) | null = null
  let giveUp = () => {}
  let isBroken = false
  worker.addEventListener('error', (event) => {
    event.preventDefault()
    // A script that can't be loaded has no message; before anything was asked, it fails as it starts.
    if (onError !== null && 'message' in event && event.message) return onError()
    isBroken = true
    giveUp()
  })
  return {
    async answer(asked) {
      let timer: ReturnType<typeof setTimeout> | undefined
      const trouble = new Promise<null>((resolve, reject) => {
        giveUp = () => reject(new Error('The tracker does not start'))
        if (isBroken) giveUp()
        onError = () => {
          failures += 1
          if (failures > TOO_MANY_FAILURES) reject(new Error('The tracker fails at every frame'))
          else resolve(null)
        }
        timer = setTimeout(() => reject(new Error('The tracker does not answer')), NO_ANSWER_MS)
      })
      const answer = await Promise.race([asked, trouble]).finally(() => clearTimeout(timer))
      if (answer !== null) failures = 0
      return answer
    },
  }
}

export interface WatchedWorker {
  /**
   * Waits for what MindAR asked of its worker.
   * @returns null when the worker threw: the numbers of that frame led nowhere (a singular matrix), the next frame's
   *   may.
   * @throws when it does not answer at all, or throws at every frame.
   */
  answer<Answer>(asked: Promise<Answer>): Promise<Answer | null>
}

const NO_ANSWER_MS = 15_000
const TOO_MANY_FAILURES = 30

/** MindAR waits for ever for a worker that threw or was never loaded. */
export function watchWorker(worker: Worker): WatchedWorker {
  let failures = 0
  let onError: (() => void) | null = null
  worker.addEventListener('error', (event) => {
    event.preventDefault()
    onError?.()
  })
  return {
    async answer(asked) {
      let timer: ReturnType<typeof setTimeout> | undefined
      const trouble = new Promise<null>((resolve, reject) => {
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

/** Keeps the screen from going dark while something plays: nobody touches a phone that they hold up. */
export interface WakeLock {
  set(isWanted: boolean): void
}

export function createWakeLock(): WakeLock {
  let isWanted = false
  let lock: WakeLockSentinel | null = null
  let isAsking = false

  async function update() {
    if (isAsking || !('wakeLock' in navigator)) return
    isAsking = true
    const wasWanted = isWanted
    try {
      if (isWanted && (lock === null || lock.released)) lock = await navigator.wakeLock.request('screen')
      if (!isWanted && lock !== null) {
        await lock.release()
        lock = null
      }
    } catch {
      // A browser that saves power refuses. The video plays all the same.
    } finally {
      isAsking = false
    }
    if (isWanted !== wasWanted) void update()
  }

  return {
    set(next) {
      isWanted = next
      void update()
    },
  }
}

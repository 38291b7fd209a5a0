const KEY = 'arv.reloadedAt'
const NOT_AGAIN_MS = 10 * 60_000

/** Loads the page anew, as the server has it now; not again within ten minutes, should that not have helped. */
export function reloadOnce(): void {
  try {
    if (Date.now() - Number(sessionStorage.getItem(KEY)) < NOT_AGAIN_MS) return
    sessionStorage.setItem(KEY, String(Date.now()))
  } catch {
    // Without a memory it might reload for ever.
    return
  }
  location.reload()
}

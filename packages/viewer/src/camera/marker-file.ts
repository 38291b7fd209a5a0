const ATTEMPTS = 4
const PAUSE_MS = 1000

/** That which is looked for, and the next one, or the one before when it comes back. */
const KEPT = 2

const loading = new Map<string, Promise<ArrayBuffer>>()

/**
 * What the print is recognised by. Asked for early and again when it is needed, it is loaded once.
 *
 * @throws Error when it can't be had after some attempts.
 */
export function loadMarker(url: string): Promise<ArrayBuffer> {
  const before = loading.get(url)
  if (before) return before
  const marker = fetchPatiently(url)
  loading.set(url, marker)
  for (const oldest of [...loading.keys()].slice(0, -KEPT)) loading.delete(oldest)
  marker.catch(() => loading.get(url) === marker && loading.delete(url))
  return marker
}

async function fetchPatiently(url: string): Promise<ArrayBuffer> {
  let failure: unknown
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (attempt > 0) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * 2 ** (attempt - 1)))
    try {
      const response = await fetch(url)
      if (response.ok) return await response.arrayBuffer()
      failure = new Error(`Status ${response.status}`)
    } catch (error) {
      failure = error
    }
  }
  throw new Error('The marker does not load.', { cause: failure })
}

import { readFile } from 'node:fs/promises'
import { unwatchFile, watchFile } from 'node:fs'
import type { Logger } from 'pino'

export interface WatchOptions {
  /** Of the supergraph's file. */
  readonly path: string
  /** What is served now. */
  readonly served: string
  /** Serves another from now on. @throws when it is not valid; then the one before stays. */
  readonly reload: (supergraphSdl: string) => void
  readonly logger: Logger
  readonly intervalMs?: number
}

const INTERVAL_MS = 1000

/**
 * Takes up the supergraph whenever its file changes. A file that is broken, gone, or only half written is refused with a
 * line in the log, and looked at again when it changes again.
 *
 * It is looked at rather than waited for: the events of file systems don't reach into containers, and get lost when an
 * editor or a mount puts another file in the place of the one that was watched.
 *
 * @returns ends it
 */
export function watchSupergraph({ path, served, reload, logger, ...options }: WatchOptions): () => void {
  let current = served
  let looking = Promise.resolve()

  async function look(): Promise<void> {
    try {
      const found = await readFile(path, 'utf8')
      if (found === current) return
      reload(found)
      current = found
      logger.info('the supergraph was changed: the new one is served')
    } catch (error) {
      logger.error({ err: error }, 'the supergraph was changed, but can’t be served: the one before stays')
    }
  }

  const changed = () => {
    looking = looking.then(look)
  }
  watchFile(path, { interval: options.intervalMs ?? INTERVAL_MS, persistent: false }, changed)
  return () => unwatchFile(path, changed)
}

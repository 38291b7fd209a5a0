import type { Logger } from 'pino'

type Close = () => unknown

/** What was started and has to be ended, the last first. */
export interface Closing {
  add(close: Close): void
  /** Ends everything; a part that fails to end is logged and does not keep the others. */
  closeAll(): Promise<void>
}

export function createClosing(logger: Logger): Closing {
  const started: Close[] = []
  return {
    add: (close) => started.push(close),
    closeAll: async () => {
      for (let close = started.pop(); close !== undefined; close = started.pop()) {
        try {
          await close()
        } catch (error) {
          logger.warn({ err: error }, 'a part did not stop cleanly')
        }
      }
    },
  }
}

/** Tells the person at the terminal how far the demo is. */
export interface Progress {
  /** One line for good: something is done. */
  done(text: string): void
  /**
   * Something takes its time: where a terminal listens, a line that counts the seconds until the next `done`; else one
   * line for each new text.
   */
  waiting(text: string): void
  /** Leaves the line, however it ends. */
  end(): void
}

interface Output {
  readonly isTTY?: boolean
  write(text: string): unknown
}

const TICK_MS = 1_000
const CLEAR_LINE = '\r\u001B[2K'

export function createProgress(output: Output): Progress {
  let ticking: NodeJS.Timeout | undefined
  let began = 0
  let said = ''
  const clear = () => {
    clearInterval(ticking)
    if (ticking !== undefined) output.write(CLEAR_LINE)
    ticking = undefined
  }
  return {
    done(text) {
      clear()
      began = 0
      said = ''
      output.write(`  ✓ ${text}\n`)
    },
    waiting(text) {
      if (text === said) return
      clear()
      said = text
      began ||= performance.now()
      if (output.isTTY !== true) {
        output.write(`  … ${text}\n`)
        return
      }
      const show = () =>
        output.write(`${CLEAR_LINE}  … ${text}, ${Math.round((performance.now() - began) / 1000)} s`)
      show()
      ticking = setInterval(show, TICK_MS)
    },
    end: clear,
  }
}

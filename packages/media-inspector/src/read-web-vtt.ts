/** What is wrong with a text that is to be WebVTT. */
interface WebVttProblem {
  /** Counted from 1; null when no line of its own is to blame. */
  readonly line: number | null
  /** A sentence for whoever made the file: what is wrong, and what would be right. */
  readonly message: string
}

export type WebVtt =
  | {
      readonly kind: 'webVtt'
      /** At least one. */
      readonly cueCount: number
    }
  | { readonly kind: 'problem'; readonly problem: WebVttProblem }

const SIGNATURE = /^WEBVTT(?:[ \t]|$)/
const COMMENT = /^NOTE(?:[ \t]|$)/
const DEFINITION = /^(STYLE|REGION)[ \t]*$/
const ARROW = '-->'
const TIMES = /^(\S+)[ \t]+-->[ \t]+(\S+)(?:[ \t]|$)/
const TIME = /^(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})$/
const MAX_QUOTED = 40

/** Lines without an empty one between them. */
interface Block {
  /** Of its first line, counted from 1. */
  readonly line: number
  readonly lines: readonly [string, ...string[]]
}

/**
 * Reads a WebVTT file as its authors have to write it (W3C WebVTT 1, section 4), and not as forgivingly as browsers do
 * (section 6), which leave out without a word what they don't understand. Settings and markup of cues are not looked
 * at: what is wrong with them takes no words from anybody.
 *
 * @param text decoded, without a byte order mark
 */
export function readWebVtt(text: string): WebVtt {
  const [header, ...blocks] = blocksOf(text.split(/\r\n|[\n\r]/))
  if (header?.line !== 1 || !SIGNATURE.test(header.lines[0])) {
    return found(1, 'the file has to begin with WEBVTT, on a line of its own.')
  }
  const tooClose = lineWithArrow(header, 0)
  if (tooClose !== null)
    return found(tooClose, 'an empty line has to stand between WEBVTT and the first cue.')
  let cueCount = 0
  for (const block of blocks) {
    const problem = problemOf(block, cueCount)
    if (problem) return { kind: 'problem', problem }
    if (isCue(block)) cueCount++
  }
  if (cueCount > 0) return { kind: 'webVtt', cueCount }
  return {
    kind: 'problem',
    problem: { line: null, message: 'It holds no cue, so there is nothing to read.' },
  }
}

function problemOf(block: Block, cuesBefore: number): WebVttProblem | null {
  const [first] = block.lines
  if (COMMENT.test(first)) {
    const line = lineWithArrow(block, 0)
    // Browsers would show what was meant to be left out.
    return line === null ? null : problemIn(line, `a NOTE may not hold "${ARROW}".`)
  }
  if (isCue(block)) return cueProblem(block)
  const [, definition] = DEFINITION.exec(first) ?? []
  if (definition === undefined) {
    return isBlank(block)
      ? null
      : problemIn(
          block.line,
          `this belongs to no cue: the words of a cue follow its times, such as 00:01.000 ${ARROW} 00:04.000, without an empty line between.`,
        )
  }
  const line = lineWithArrow(block, 0)
  if (line !== null) return problemIn(line, `an empty line has to stand between ${definition} and a cue.`)
  return cuesBefore === 0 ? null : problemIn(block.line, `${definition} has to come before the first cue.`)
}

/** A cue has its times on its first line, or on the second one, under its name. */
function isCue({ lines }: Block): boolean {
  return lines.slice(0, 2).some((line) => line.includes(ARROW))
}

function cueProblem(block: Block): WebVttProblem | null {
  const index = block.lines.findIndex((line) => line.includes(ARROW))
  const line = block.line + index
  const [, start, end] = TIMES.exec(block.lines[index] ?? '') ?? []
  if (start === undefined || end === undefined) {
    return problemIn(
      line,
      `the times of a cue are written like 00:01.000 ${ARROW} 00:04.000, with a space on each side of the arrow.`,
    )
  }
  const [from, to] = [start, end].map(secondsOf)
  for (const [time, seconds] of [
    [start, from],
    [end, to],
  ] as const) {
    if (seconds == null) {
      return problemIn(
        line,
        `${quoted(time)} is not a time: write minutes, seconds and thousandths, like 01:02.345, or hours before them, like 00:01:02.345.`,
      )
    }
  }
  if (from == null || to == null || to <= from) {
    return problemIn(
      line,
      `the cue has to end after it starts, and goes from ${quoted(start)} to ${quoted(end)}.`,
    )
  }
  const next = lineWithArrow(block, index + 1)
  return next === null ? null : problemIn(next, 'an empty line has to stand between two cues.')
}

function secondsOf(time: string): number | null {
  const [whole, hours = '0', minutes, seconds, thousandths] = TIME.exec(time) ?? []
  if (whole === undefined) return null
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds) + Number(thousandths) / 1000
}

/** The first line from `from` on that holds an arrow, counted in the file; null for none. */
function lineWithArrow(block: Block, from: number): number | null {
  const index = block.lines.findIndex((line, at) => at >= from && line.includes(ARROW))
  return index === -1 ? null : block.line + index
}

/** Of lines that look empty. */
function isBlank({ lines }: Block): boolean {
  return lines.every((line) => line.trim() === '')
}

function blocksOf(lines: readonly string[]): Block[] {
  const blocks: { line: number; lines: [string, ...string[]] }[] = []
  let isNew = true
  for (const [index, line] of lines.entries()) {
    if (line !== '') {
      if (isNew) blocks.push({ line: index + 1, lines: [line] })
      else blocks.at(-1)?.lines.push(line)
    }
    isNew = line === ''
  }
  return blocks
}

function quoted(text: string): string {
  return text.length > MAX_QUOTED ? `"${text.slice(0, MAX_QUOTED)}…"` : `"${text}"`
}

function problemIn(line: number, message: string): WebVttProblem {
  return { line, message: `Line ${line}: ${message}` }
}

function found(line: number, message: string): WebVtt {
  return { kind: 'problem', problem: problemIn(line, message) }
}

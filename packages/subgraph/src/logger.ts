import { pino } from 'pino'
import type { DestinationStream, Logger } from 'pino'
import { redactLogLine } from './redact-log-line.ts'

interface LoggerOptions {
  readonly level: string
  /** The process or part that speaks. */
  readonly name?: string
  /** Standard output unless given. */
  readonly destination?: DestinationStream
}

/** The log of a process: a line of JSON for each event, in which no secret can be read. Every process has its own here. */
export function createLogger({ level, name, destination }: LoggerOptions): Logger {
  const options = { level, hooks: { streamWrite: redactLogLine }, ...(name === undefined ? {} : { name }) }
  return destination ? pino(options, destination) : pino(options)
}

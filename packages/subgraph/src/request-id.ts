import { randomUUID } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

const WELL_FORMED = /^[\w.:-]{1,128}$/

/** The id under which one request is logged everywhere: the sender's own if it is well-formed, else a new one. */
export function requestIdOf(headers: IncomingHttpHeaders | Readonly<Record<string, unknown>>): string {
  const given = headers['x-request-id']
  return typeof given === 'string' && WELL_FORMED.test(given) ? given : randomUUID()
}

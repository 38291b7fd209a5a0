import { request as httpRequest } from 'node:http'
import type { Agent, ClientRequest, IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Deadline } from './deadline.ts'

const MAX_ANSWER_BYTES = 32 * 1024 * 1024
const CONNECTION_ERRORS: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
])

export interface Exchange {
  readonly url: URL
  readonly agent: Agent
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | AsyncGenerator<Buffer, void, undefined>
  readonly deadline: Deadline
  /** Is called when there is a connection: until then the other side has seen nothing of it. */
  readonly onReached?: () => void
}

export interface Answer {
  readonly status: number
  /** The body when it is JSON, undefined when it is anything else. */
  readonly json: unknown
}

/**
 * Posts a body and reads the whole answer.
 * @throws what ended it: a connection's error, the deadline's AbortError, or what reading the body threw
 */
export async function exchange({ onReached, ...call }: Exchange): Promise<Answer> {
  const { url, agent, headers, body, deadline } = call
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest
  const request = send(url, { method: 'POST', agent, headers, signal: deadline.signal })
  const response = new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve)
    request.on('error', reject)
  })
  if (onReached) {
    request.once('socket', (socket) => (socket.connecting ? socket.once('connect', onReached) : onReached()))
  }
  const sent = sendBody(request, body, deadline)
  const answer = response.then((message) => readAnswer(message, deadline))
  try {
    // An answer may come before everything was sent; a body that can't be read is why there is no answer.
    return await Promise.race([answer, sent.then(() => answer)])
  } finally {
    sent.catch(() => {})
    answer.catch(() => {})
    if (!request.writableFinished) request.destroy()
  }
}

/** Whether the connection failed, so that it is worth another attempt. */
export function isConnectionError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && CONNECTION_ERRORS.has(error.code)
}

async function sendBody(request: ClientRequest, body: Exchange['body'], deadline: Deadline): Promise<void> {
  if (typeof body === 'string') {
    request.end(body)
    return
  }
  await pipeline(Readable.from(touching(body, deadline), { objectMode: false }), request)
}

async function* touching(chunks: AsyncIterable<Buffer>, deadline: Deadline) {
  for await (const chunk of chunks) {
    deadline.touch()
    yield chunk
  }
  deadline.touch()
}

async function readAnswer(message: IncomingMessage, deadline: Deadline): Promise<Answer> {
  const tooLarge = () => message.destroy(new Error('The answer is too large.'))
  if (Number(message.headers['content-length']) > MAX_ANSWER_BYTES) tooLarge()
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of message) {
    if (!Buffer.isBuffer(chunk)) continue
    deadline.touch()
    size += chunk.length
    if (size > MAX_ANSWER_BYTES) tooLarge()
    chunks.push(chunk)
  }
  return { status: message.statusCode ?? 0, json: jsonOf(message, Buffer.concat(chunks)) }
}

function jsonOf(message: IncomingMessage, body: Buffer): unknown {
  if (message.headers['content-type']?.startsWith('application/json') !== true) return undefined
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}

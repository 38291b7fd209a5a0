import type { Database } from '@arv/database'
import { StorageError } from '@arv/storage'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import type { Storages } from '../storages/storages.ts'
import { requestedBytes } from './byte-range.ts'
import type { FileAddresses } from './file-addresses.ts'
import { type FoundFile, findFile } from './find-file.ts'

export interface FileRoutesDeps {
  readonly database: Database
  readonly storages: Storages
  readonly addresses: FileAddresses
  readonly logger: Logger
}

interface FileRoute {
  Params: { publicId: string; fileName: string }
  Querystring: Partial<Record<'expires' | 'signature', string | string[]>>
}

const MAX_AGE_SECONDS = 300

/** `GET` and `HEAD /media/<uuid>/<name>`: the bytes of files, with ranges and validators. */
export function mountFileRoutes(app: FastifyInstance, deps: FileRoutesDeps): void {
  app.route<FileRoute>({
    method: ['GET', 'HEAD'],
    url: '/media/:publicId/:fileName',
    handler: async (request, reply) => {
      const { publicId, fileName } = request.params
      const { expires, signature } = request.query
      const asked = { publicId, fileName, expires: single(expires), signature: single(signature) }
      const file = await findFile(deps, asked, new Date())
      return file ? sendFile(deps, file, request, reply) : sendNotFound(reply)
    },
  })
}

function single(value: string | string[] | undefined): string {
  return typeof value === 'string' ? value : ''
}

async function sendFile(
  { storages, logger }: FileRoutesDeps,
  file: FoundFile,
  request: FastifyRequest<FileRoute>,
  reply: FastifyReply,
) {
  const etag = file.checksumSha256 === null ? null : `"${file.checksumSha256}"`
  void reply.headers(cacheHeaders(file, etag))
  if (etag !== null && lists(request.headers['if-none-match'], etag)) return reply.code(304).send()

  void reply.headers(contentHeaders(file))
  const { 'if-range': ifRange, range } = request.headers
  const bytes = requestedBytes(ifRange === undefined || ifRange === etag ? range : undefined, file.sizeBytes)
  if (bytes.kind === 'unsatisfiable') {
    return sendText(
      reply.header('content-range', `bytes */${file.sizeBytes}`),
      416,
      'The file has no such bytes.',
    )
  }
  const { start, end } = bytes.kind === 'part' ? bytes : { start: 0, end: file.sizeBytes - 1 }
  if (bytes.kind === 'part') {
    void reply.code(206).header('content-range', `bytes ${start}-${end}/${file.sizeBytes}`)
  }
  void reply.header('content-length', end - start + 1)
  if (request.method === 'HEAD') return reply.send()
  try {
    const driver = storages.driverFor(file.connection)
    const opened = await driver.read(file.path, bytes.kind === 'part' ? { start, end } : {})
    return await reply.send(opened.stream)
  } catch (error) {
    if (!(error instanceof StorageError)) throw error
    logger.error({ err: error, path: file.path }, 'A file that has a row can’t be read')
    return error.code === 'NOT_FOUND' ? sendNotFound(reply) : sendUnavailable(reply)
  }
}

function cacheHeaders(file: FoundFile, etag: string | null): Record<string, string> {
  const isPublic = file.access === 'public'
  return {
    'cache-control': `${isPublic ? 'public' : 'private'}, max-age=${MAX_AGE_SECONDS}`,
    ...(etag !== null && { etag }),
    // WebGL takes videos and pictures of another origin only with its leave.
    ...(isPublic && { 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin' }),
  }
}

function contentHeaders(file: FoundFile): Record<string, string> {
  const ascii = file.fileName.replaceAll(/[^\w .()-]/g, '_')
  const encoded = encodeURIComponent(file.fileName).replaceAll(/['()*]/g, percentEncoded)
  return {
    'accept-ranges': 'bytes',
    'content-type': file.mimeType.startsWith('text/') ? `${file.mimeType}; charset=utf-8` : file.mimeType,
    'content-disposition': `inline; filename="${ascii}"; filename*=UTF-8''${encoded}`,
    // Should a browser ever take such a file for a page, it may do nothing.
    'content-security-policy': "default-src 'none'; sandbox",
    'x-content-type-options': 'nosniff',
  }
}

/** What RFC 8187 wants encoded beside what JavaScript encodes. */
function percentEncoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`
}

/** Whether an `If-None-Match` header names this validator; weak ones compare as strong ones do here (RFC 9110, 13.1.2). */
function lists(header: string | undefined, etag: string): boolean {
  const named = header?.split(',').map((tag) => tag.trim().replace(/^W\//, '')) ?? []
  return named.includes('*') || named.includes(etag)
}

function sendNotFound(reply: FastifyReply): FastifyReply {
  return sendText(reply, 404, 'There is no such file.')
}

function sendUnavailable(reply: FastifyReply): FastifyReply {
  return sendText(reply.header('retry-after', '5'), 503, 'This file is not available at the moment.')
}

/** An answer without the file: nothing that was said of it holds. */
function sendText(reply: FastifyReply, status: number, text: string): FastifyReply {
  for (const name of ['accept-ranges', 'content-disposition', 'content-length', 'etag'])
    reply.removeHeader(name)
  if (status !== 416) reply.removeHeader('content-range')
  return reply
    .code(status)
    .header('cache-control', 'no-store')
    .type('text/plain; charset=utf-8')
    .send(`${text}\n`)
}

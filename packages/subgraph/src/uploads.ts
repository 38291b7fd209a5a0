import type { IncomingMessage, ServerResponse } from 'node:http'
import { GraphQLError, GraphQLScalarType } from 'graphql'
import { GraphQLUpload, processRequest, Upload } from 'graphql-upload-minimal'
import type { FileUpload } from 'graphql-upload-minimal'
import { badUserInput } from './errors.ts'
import { explainUpload } from './explain-upload.ts'
import type { UploadLimits } from './explain-upload.ts'
import { watchUpload } from './upload-watch.ts'
import type { UploadWatch } from './upload-watch.ts'

const DRAIN_MS = 5000

/**
 * An `Upload` argument as a resolver gets it. It resolves when the file's bytes begin, after the files before it were
 * read. To await it says that the file is wanted now: what comes before it and is not wanted is then in its way.
 */
export type UploadedFile = PromiseLike<FileUpload>

/** Of the request that brings them. */
const watches = new WeakMap<Upload | FileUpload, UploadWatch>()

/** The file of an `Upload`; rejects with BAD_USER_INPUT, as the parser's own errors would be masked. */
export function uploadedFile(upload: Upload): UploadedFile {
  // oxlint-disable-next-line unicorn/no-thenable -- a promise would not tell when somebody begins to wait
  return { then: (resolve, reject) => arrivalOf(upload).then(resolve, reject) }
}

async function arrivalOf(upload: Upload): Promise<FileUpload> {
  const watch = watches.get(upload)
  const arrival = upload.promise.catch(() => {
    throw badUserInput(
      'A file that "map" announces did not come. Send it in a part of the name that "map" has for it, with a file name.',
    )
  })
  return named(await (watch ? watch.wait(arrival) : arrival))
}

function named(file: FileUpload): FileUpload {
  if (file.filename) return file
  try {
    // Unread, it would keep the files after it from coming.
    file.createReadStream().resume()
  } catch {
    // It was let go already, or broke off.
  }
  throw badUserInput('A file was sent without a file name. Give it one, e.g. filename="photo.jpg".')
}

/** The resolver of `scalar Upload`, for the subgraph that declares it. */
export const uploadScalar = new GraphQLScalarType({
  ...GraphQLUpload.toConfig(),
  parseValue(value) {
    if (value instanceof Upload) return uploadedFile(value)
    throw badUserInput('Upload must be a file of a multipart request.')
  },
})

export interface ReceivedUpload {
  /** The operation with an `Upload` wherever a file belongs; of the client's shape, so to be checked. */
  readonly operation: unknown
  /** To be called once the answer is sent. */
  readonly release: () => void
}

/**
 * Begins to read a GraphQL multipart request: returns when the operation is known, before any file is read.
 * @throws GraphQLError BAD_USER_INPUT when the request isn't one, exceeds the limits, or wants a file in two places
 */
export async function receiveUpload(
  request: IncomingMessage,
  response: ServerResponse,
  limits: UploadLimits,
): Promise<ReceivedUpload> {
  const { maxFiles, maxFieldSize, maxFileSize, pace } = limits
  const watch = watchUpload(request, pace)
  const release = () => {
    watch.stop()
    drainRequest(request)
  }
  try {
    // The parser calls a file truncated as soon as it holds as much as it may, even when nothing follows.
    const parsed = processRequest(request, response, { maxFiles, maxFieldSize, maxFileSize: maxFileSize + 1 })
    const operation: unknown = await Promise.race([parsed, watch.failed])
    for (const upload of uploadsIn(operation)) {
      watches.set(upload, watch)
      upload.promise.then(
        (file) => watches.set(file, watch),
        () => {},
      )
    }
    return { operation, release }
  } catch (error) {
    release()
    throw explainUpload(error, limits) ?? error
  }
}

/**
 * The uploads of an operation. Goes on without recursion: a client may nest as deep as it likes.
 * @throws GraphQLError BAD_USER_INPUT when one is in two places: its bytes can be read only once
 */
function uploadsIn(operation: unknown): ReadonlySet<Upload> {
  const uploads = new Set<Upload>()
  const left = [operation]
  while (left.length > 0) {
    const value = left.pop()
    if (value instanceof Upload) {
      if (uploads.has(value)) throw usedTwice()
      uploads.add(value)
    } else if (typeof value === 'object' && value !== null) {
      for (const item of Object.values(value)) left.push(item)
    }
  }
  return uploads
}

function usedTwice(): GraphQLError {
  return badUserInput(
    'The field "map" has several places for one file. Send a file once for each place where it is used.',
  )
}

/**
 * The bytes of an uploaded file, to be read once.
 * @throws GraphQLError BAD_USER_INPUT while reading, when the file is over the limit or the client went away: the parser
 * itself would end a file that is too long as if it were whole.
 */
export async function* readUpload(file: FileUpload): AsyncGenerator<Buffer, void, undefined> {
  const stream = open(file)
  stream.once('limit', () => stream.destroy(fileTooLarge()))
  const done = watches.get(file)?.read((error) => stream.destroy(error))
  try {
    for await (const chunk of stream) if (Buffer.isBuffer(chunk)) yield chunk
  } catch (error) {
    throw error instanceof GraphQLError ? error : brokenOff()
  } finally {
    done?.()
  }
}

function open(file: FileUpload) {
  try {
    return file.createReadStream()
  } catch (error) {
    // It may have come to the limit before anybody read it.
    throw error instanceof Error && 'status' in error && error.status === 413 ? fileTooLarge() : brokenOff()
  }
}

function fileTooLarge(): GraphQLError {
  return badUserInput('The file is larger than is allowed.')
}

function brokenOff(): GraphQLError {
  return badUserInput('The upload broke off before the file was complete.')
}

/**
 * Takes what is left of a request that was answered already, for a few seconds, so that its client reads the answer; then
 * ends the connection. Left to itself Node would take whatever comes, for as long as it comes.
 */
export function drainRequest(request: IncomingMessage): void {
  // Not `complete`: a request may have arrived as a whole and still wait to be read, and its connection with it.
  if (request.readableEnded || request.destroyed) return
  request.unpipe()
  request.resume()
  const timer = setTimeout(() => request.destroy(), DRAIN_MS)
  timer.unref()
  request.once('close', () => clearTimeout(timer))
}

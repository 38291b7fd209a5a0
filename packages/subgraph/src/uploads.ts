import type { IncomingMessage, ServerResponse } from 'node:http'
import { GraphQLScalarType } from 'graphql'
import type { GraphQLError } from 'graphql'
import { GraphQLUpload, processRequest, Upload } from 'graphql-upload-minimal'
import type { FileUpload } from 'graphql-upload-minimal'
import { badUserInput } from './errors.ts'
import { explainUpload } from './explain-upload.ts'
import type { UploadLimits } from './explain-upload.ts'

const DRAIN_MS = 5000

/** An `Upload` argument as a resolver gets it. It resolves when the file's bytes begin, after the files before it were read. */
export type UploadedFile = Promise<FileUpload>

/** The file of an `Upload`; rejects with BAD_USER_INPUT, as the parser's own errors would be masked. */
export function uploadedFile(upload: Upload): UploadedFile {
  const file = upload.promise.then(named, () => {
    throw badUserInput(
      'A file that "map" announces did not come. Send it in a part of the name that "map" has for it, with a file name.',
    )
  })
  // A resolver that doesn't want the file must not end the process by leaving its rejection alone.
  file.catch(() => {})
  return file
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
  /** To be called once the answer is sent: takes what is left of the request, for a few seconds, so that the client reads it. */
  readonly release: () => void
}

/**
 * Begins to read a GraphQL multipart request: returns when the operation is known, before any file is read.
 * @throws GraphQLError BAD_USER_INPUT when the request isn't one or exceeds the limits
 */
export async function receiveUpload(
  request: IncomingMessage,
  response: ServerResponse,
  limits: UploadLimits,
): Promise<ReceivedUpload> {
  const release = () => drain(request)
  try {
    // The parser calls a file truncated as soon as it holds as much as it may, even when nothing follows.
    const operation = await processRequest(request, response, {
      ...limits,
      maxFileSize: limits.maxFileSize + 1,
    })
    return { operation, release }
  } catch (error) {
    release()
    throw explainUpload(error, limits) ?? error
  }
}

/**
 * The bytes of an uploaded file, to be read once.
 * @throws GraphQLError BAD_USER_INPUT while reading, when the file is over the limit or the client went away: the parser
 * itself would end a file that is too long as if it were whole.
 */
export async function* readUpload(file: FileUpload): AsyncGenerator<Buffer, void, undefined> {
  const stream = open(file)
  const tooLarge = fileTooLarge()
  stream.once('limit', () => stream.destroy(tooLarge))
  try {
    for await (const chunk of stream) if (Buffer.isBuffer(chunk)) yield chunk
  } catch (error) {
    throw error === tooLarge ? tooLarge : brokenOff()
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

function drain(request: IncomingMessage): void {
  // Not `complete`: a request may have arrived as a whole and still wait to be read, and its connection with it.
  if (request.readableEnded || request.destroyed) return
  request.unpipe()
  request.resume()
  const timer = setTimeout(() => request.destroy(), DRAIN_MS)
  timer.unref()
  request.once('close', () => clearTimeout(timer))
}

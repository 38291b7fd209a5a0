import { randomUUID } from 'node:crypto'
import { Upload } from 'graphql-upload-minimal'
import type { FileUpload } from 'graphql-upload-minimal'
import { readUpload, uploadedFile } from './uploads.ts'

/** Variables as JSON has them, and where in them each file belongs. */
export interface SplitVariables {
  readonly variables: unknown
  readonly uploads: ReadonlyMap<Upload, readonly string[]>
}

/** Takes the uploads out of variables, null in their places. The variables given stay as they are. */
export function splitUploads(variables: Readonly<Record<string, unknown>>): SplitVariables {
  const uploads = new Map<Upload, string[]>()
  const withoutUploads = (value: unknown, path: string): unknown => {
    if (value instanceof Upload) {
      uploads.set(value, [...(uploads.get(value) ?? []), path])
      return null
    }
    if (Array.isArray(value))
      return value.map((item: unknown, index) => withoutUploads(item, `${path}.${index}`))
    if (typeof value !== 'object' || value === null || value instanceof Date) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, withoutUploads(item, `${path}.${key}`)]),
    )
  }
  return { variables: withoutUploads(variables, 'variables'), uploads }
}

export interface MultipartBody {
  readonly contentType: string
  readonly chunks: AsyncGenerator<Buffer, void, undefined>
}

/**
 * A GraphQL multipart request whose files are read from their client while it is sent, one after another in the order in
 * which the client sends them: the parser gives a file only when the one before it was read, so any other order hangs.
 */
export function multipartBody(
  operation: { query: string; operationName?: string | undefined; variables: unknown },
  uploads: SplitVariables['uploads'],
): MultipartBody {
  const boundary = `arv-${randomUUID()}`
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    chunks: parts(boundary, operation, uploads),
  }
}

async function* parts(boundary: string, operation: object, uploads: SplitVariables['uploads']) {
  const names = new Map([...uploads.keys()].map((upload, index) => [upload, String(index)]))
  const map = Object.fromEntries([...uploads].map(([upload, paths]) => [names.get(upload), paths]))
  yield field(boundary, 'operations', JSON.stringify(operation))
  yield field(boundary, 'map', JSON.stringify(map))
  const pending = new Set(uploads.keys())
  while (pending.size > 0) {
    const { upload, file } = await firstOf(pending)
    pending.delete(upload)
    yield fileHeader(boundary, names.get(upload) ?? '', file)
    yield* readUpload(file)
    yield Buffer.from('\r\n')
  }
  yield Buffer.from(`--${boundary}--\r\n`)
}

function firstOf(pending: ReadonlySet<Upload>): Promise<{ upload: Upload; file: FileUpload }> {
  return Promise.race([...pending].map(async (upload) => ({ upload, file: await uploadedFile(upload) })))
}

function field(boundary: string, name: string, value: string): Buffer {
  return Buffer.from(`--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`)
}

function fileHeader(boundary: string, name: string, { filename, mimetype }: FileUpload): Buffer {
  const disposition = `form-data; name="${name}"; filename="${inQuotes(filename)}"`
  const type = /^[\w.+-]+\/[\w.+-]+$/.test(mimetype) ? mimetype : 'application/octet-stream'
  return Buffer.from(`--${boundary}\r\ncontent-disposition: ${disposition}\r\ncontent-type: ${type}\r\n\r\n`)
}

/** A quoted string as the parser on the other side reads it (RFC 9110, section 5.6.4). */
function inQuotes(filename: string): string {
  return filename.replaceAll(/[\r\n]/g, ' ').replaceAll(/["\\]/g, String.raw`\$&`)
}

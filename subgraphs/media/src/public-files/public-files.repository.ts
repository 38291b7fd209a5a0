import type { Database } from '@arv/database'

/** A file that something live shows. */
export interface PublicFile {
  readonly publicId: string
  readonly storageConnectionId: number
  readonly path: string
  readonly fileName: string
  readonly mimeType: string
  readonly sizeBytes: number
  readonly width: number | null
  readonly height: number | null
  readonly durationSeconds: number | null
  readonly checksumSha256: string | null
  readonly posterPublicId: string | null
}

/** Asks as the viewer's login, which sees what the function shows and nothing else. */
export function findPublicFiles(database: Database, publicIds: readonly string[]): Promise<PublicFile[]> {
  return database.viewer(async (sql) => {
    const rows = await sql<PublicFile[]>`
      select public_id as "publicId", storage_connection_id as "storageConnectionId", path,
        file_name as "fileName", mime_type as "mimeType", size_bytes as "sizeBytes", width, height,
        duration_seconds as "durationSeconds", checksum_sha256 as "checksumSha256",
        poster_public_id as "posterPublicId"
      from media.public_files(${[...publicIds]}::uuid[])`
    return [...rows]
  })
}

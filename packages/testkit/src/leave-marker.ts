import { createHash, randomUUID } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { PrintFixture } from './print-fixtures.ts'
import type { Seed } from './seed.ts'

/**
 * Spares a test the seconds that a marker takes to compile: stores one for the content that is created next, as a run of
 * its job would have that died before it could say so. The job finds it and goes on from there.
 *
 * @param filesFolder - where the server's local disk keeps files
 * @param companyId - of the content that is created next, by anybody
 */
export async function leaveMarker(
  { sql, asset }: Pick<Seed, 'sql' | 'asset'>,
  filesFolder: string,
  companyId: number,
  { marker, facts }: Pick<PrintFixture, 'marker' | 'facts'>,
): Promise<void> {
  const [storage] = await sql<{ folder: string }[]>`
    update media.storage_usage set used_bytes = used_bytes + ${marker.length}
    where company_id = ${companyId}
    returning storage_path || '/markers' as folder`
  const [next] = await sql<{ id: number }[]>`
    select (last_value + is_called::int)::int as id from content.ar_contents_id_seq`
  if (!storage || !next) throw new Error(`company ${companyId} has no storage`)
  const { width, height, rating, featureCount } = facts
  const path = `${storage.folder}/${randomUUID()}.mind`
  await mkdir(dirname(join(filesFolder, path)), { recursive: true })
  await writeFile(join(filesFolder, path), marker)
  await asset(companyId, {
    kind: 'MARKER',
    file_name: 'photo.mind',
    path,
    mime_type: 'application/octet-stream',
    size_bytes: marker.length,
    width,
    height,
    checksum_sha256: createHash('sha256').update(marker).digest('hex'),
    metadata: { subjectType: 'content', subjectId: next.id, generation: 1, rating, featureCount },
  })
}

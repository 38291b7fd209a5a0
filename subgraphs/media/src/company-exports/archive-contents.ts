import { type Database, platform, type Tenant } from '@arv/database'
import { readExportLines, readExportTables } from '@arv/leaving'
import { StorageError } from '@arv/storage'
import {
  findConnection,
  type StorageConnection,
} from '../storage-connections/storage-connections.repository.ts'
import type { Storages } from '../storages/storages.ts'
import { type CompanyExport, type ExportedAsset, findExportedAssets } from './company-exports.repository.ts'
import type { ArchivedFile, ZipWriter } from './zip-writer.ts'

export interface ContentsDeps {
  readonly database: Database
  readonly storages: Storages
}

/** What is in the archive, for `manifest.json`. */
interface Manifest {
  readonly tables: (ArchivedFile & { readonly table: string; readonly rows: number })[]
  readonly files: (ArchivedFile & { readonly assetId: number })[]
  /** Files whose rows are there and whose bytes are not. */
  readonly missingFiles: number[]
}

// A file may lie in a storage that its company has left: only the platform sees that one.
const READER = platform({ kind: 'job', name: 'export.write' })

const README = `Everything that ARV kept of one company.

rows/<schema>.<table>.jsonl  the rows of a table: JSON, one row a line, UTF-8. Columns are as docs/data-model.md of ARV
                             describes them; instants are ISO 8601.
files/<id>/<name>            the file of the row of media.assets with this id.
manifest.json                counts, sizes and SHA-256 checksums of all of these, and when the rows were read: those of
                             one subgraph all at one moment, except view_sessions, video_activations and audit_entries,
                             which only grow and were read in steps.

Passwords, keys and sessions are not in here.
`

/** Puts rows, files, and what there is to know of them into an archive. */
export async function fillArchive(
  deps: ContentsDeps,
  tenant: Tenant,
  { id, companyId }: CompanyExport,
  zip: ZipWriter,
): Promise<void> {
  const { database } = deps
  await zip.add('README.txt', textOf(README), true)
  const { parts, tables } = await database.read(tenant, (tx) => readExportTables(tx, id))
  const manifest: Manifest = { tables: [], files: [], missingFiles: [] }
  for (const { name, rows } of tables) {
    const lines = readExportLines(database, tenant, id, name)
    const written = await zip.add(`rows/${name}.jsonl`, lines, true)
    manifest.tables.push({ table: name, rows, ...written })
  }
  await addFiles(deps, tenant, companyId, zip, manifest)
  const takenAt = Object.fromEntries(parts.map((part) => [part.part, part.takenAt]))
  const whole = { format: 'arv-export', formatVersion: 1, rowsReadAt: takenAt, ...manifest }
  await zip.add('manifest.json', textOf(`${JSON.stringify(whole, null, 2)}\n`), true)
}

async function addFiles(
  { database, storages }: ContentsDeps,
  tenant: Tenant,
  companyId: number,
  zip: ZipWriter,
  manifest: Manifest,
): Promise<void> {
  const connections = new Map<number, StorageConnection>()
  const connectionOf = async (id: number) => {
    const known = connections.get(id) ?? (await database.read(READER, (tx) => findConnection(tx, id)))
    connections.set(id, known)
    return known
  }
  for (let after = 0; ;) {
    const page: ExportedAsset[] = await database.read(tenant, (tx) =>
      findExportedAssets(tx, companyId, after),
    )
    for (const asset of page) {
      after = asset.id
      const driver = storages.driverFor(await connectionOf(asset.storageConnectionId))
      const opened = await driver.read(asset.path).catch((error: unknown) => {
        if (error instanceof StorageError && error.code === 'NOT_FOUND') return null
        throw error
      })
      if (opened === null) {
        manifest.missingFiles.push(asset.id)
        continue
      }
      // Pictures, videos and markers are compressed as they are.
      const written = await zip.add(`files/${asset.id}/${asset.fileName}`, opened.stream, false)
      manifest.files.push({ assetId: asset.id, ...written })
    }
    if (page.length === 0) return
  }
}

async function* textOf(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text)
}

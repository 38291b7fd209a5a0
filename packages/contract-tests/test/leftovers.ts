import { readdir, stat, utimes } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { Sql } from 'postgres'

/** Lets all that is unfinished look as if it had been left two hours ago: a sweep takes nothing for left sooner. */
export async function ageLeftovers(owner: Sql, filesFolder: string): Promise<void> {
  await owner`update media.unsettled_files set remove_after = remove_after - interval '2 hours'`
  await owner`update media.storage_reservations set expires_at = expires_at - interval '2 hours'`
  await owner`update media.storage_usage set updated_at = updated_at - interval '2 hours'`
  const then = new Date(Date.now() - 7_200_000)
  const entries = await readdir(filesFolder, { recursive: true, withFileTypes: true })
  for (const entry of entries) await utimes(join(entry.parentPath, entry.name), then, then)
}

/** What is there without belonging to anything, and what is missing: in each list a line per finding. */
export async function findLeftovers(owner: Sql, filesFolder: string) {
  const stored = new Map((await filesIn(filesFolder)).map(({ path, sizeBytes }) => [path, sizeBytes]))
  const rows = await owner<{ path: string; sizeBytes: number }[]>`
    select path, size_bytes::int as "sizeBytes" from media.assets`
  const paths = new Set(rows.map(({ path }) => path))
  const folders = await readdir(join(filesFolder, 'companies'))
  const owned = await owner<{ path: string }[]>`select storage_path as path from media.storage_usage`
  const ownFolders = new Set(owned.map(({ path }) => path))
  return {
    filesWithoutRow: [...stored.keys()].filter((path) => !paths.has(path)),
    rowsWithoutFile: rows.filter(({ path, sizeBytes }) => stored.get(path) !== sizeBytes),
    foldersWithoutCompany: folders.filter((name) => !ownFolders.has(`companies/${name}`)),
    workFolders: await readdir(join(filesFolder, '.incoming')),
    unsettledFiles: [...(await owner`select path from media.unsettled_files`)],
    reservations: [...(await owner`select company_id, bytes from media.storage_reservations`)],
    storagesWithoutCompany: [
      ...(await owner`
        select company_id from media.storage_usage
        where company_id not in (select id from tenancy.companies)`),
    ],
    companiesWithoutFolders: [
      ...(await owner`
        select c.id from tenancy.companies c
        where (select count(*) from media.storage_folders f where f.company_id = c.id) <> 5`),
    ],
    wrongUsage: [
      ...(await owner`
        select u.company_id, u.used_bytes, u.reserved_bytes from media.storage_usage u
        where u.reserved_bytes <> 0 or u.used_bytes <>
          (select coalesce(sum(size_bytes), 0) from media.assets a where a.company_id = u.company_id)`),
    ],
    // A marker's file is its content's; a thumbnail its picture's.
    assetsOfNobody: [
      ...(await owner`
        select id, kind, path from media.assets a
        where kind = 'MARKER' and not exists (select from content.ar_contents where marker_file_id = a.id)
          or kind in ('THUMBNAIL', 'POSTER') and not exists (select from media.assets where thumbnail_id = a.id)`),
    ],
    unfinishedJobs: [
      ...(await owner`
        select name, state, output from jobs.job where state not in ('completed', 'cancelled')
          and name not like '\\_\\_%' and (state in ('active', 'failed') or start_after <= now())`),
    ],
  }
}

/** When nothing was left behind. */
export const NOTHING_LEFT: Awaited<ReturnType<typeof findLeftovers>> = {
  filesWithoutRow: [],
  rowsWithoutFile: [],
  foldersWithoutCompany: [],
  workFolders: [],
  unsettledFiles: [],
  reservations: [],
  storagesWithoutCompany: [],
  companiesWithoutFolders: [],
  wrongUsage: [],
  assetsOfNobody: [],
  unfinishedJobs: [],
}

async function filesIn(folder: string): Promise<{ path: string; sizeBytes: number }[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return Promise.all(
    files.map(async (file) => ({ path: relative(folder, file), sizeBytes: (await stat(file)).size })),
  )
}

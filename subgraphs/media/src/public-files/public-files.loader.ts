import type { Database } from '@arv/database'
import DataLoader from 'dataloader'
import { oneForEach } from '@arv/subgraph'
import { findPublicFiles, type PublicFile } from './public-files.repository.ts'

export type PublicFileLoader = DataLoader<string, PublicFile | null>

/** Public files by the UUID in their address; null for what nothing live shows. */
export function createPublicFileLoader(database: Database): PublicFileLoader {
  return new DataLoader(async (publicIds) => {
    const files = await findPublicFiles(database, publicIds)
    return oneForEach(publicIds, files, ({ publicId }) => publicId)
  })
}

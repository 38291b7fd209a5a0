import type { Database } from '@arv/database'
import DataLoader from 'dataloader'
import { oneForEach } from '@arv/subgraph'
import type { ViewerContent } from './viewer-content.ts'
import { readViewerStates } from './viewer.repository.ts'

/** By public id. */
export type ViewerContentLoader = DataLoader<string, ViewerContent | null>

export function createViewerContentLoader(database: Database): ViewerContentLoader {
  return new DataLoader(async (uniqueIds) => {
    const states = await readViewerStates(database, uniqueIds)
    return oneForEach(uniqueIds, states, ({ uniqueId }) => uniqueId).map((state) => state?.content ?? null)
  })
}

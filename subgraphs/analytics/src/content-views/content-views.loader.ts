import type { Database } from '@arv/database'
import type { Caller } from '@arv/identity'
import { oneForEach } from '@arv/subgraph'
import { readingTenant } from '@arv/subgraph/access'
import DataLoader from 'dataloader'
import { type ContentViews, findContentViews } from './content-views.repository.ts'

/** By content id; null for a content that isn't there for the caller. */
export type ContentViewsLoader = DataLoader<number, ContentViews | null>

export function createContentViewsLoader(database: Database, caller: Caller): ContentViewsLoader {
  return new DataLoader(async (ids) => {
    const tenant = readingTenant(caller)
    const found = await database.read(tenant, (tx) => findContentViews(tx, tenant, ids))
    return oneForEach(ids, found, (views) => views.id)
  })
}

import type { Tx } from '@arv/database'
import { type AssetUse, TOLD_USES } from './asset-use.ts'
import type { Asset } from './assets.repository.ts'

export type AssetUseRow = AssetUse & { readonly assetId: number }

/** What uses the files, up to `TOLD_USES` of each: what is there before what was deleted. */
export async function findUses(
  tx: Tx,
  files: readonly Pick<Asset, 'id' | 'companyId'>[],
): Promise<AssetUseRow[]> {
  const ids = files.map(({ id }) => id)
  const companyIds = files.map(({ companyId }) => companyId)
  const rows = await tx.sql<AssetUseRow[]>`
    select file.id as "assetId", u.usage, u.content_id as "contentId", u.video_id as "videoId",
      u.portrait_id as "portraitId", u.file_id as "fileId", u.is_deleted as "isDeleted"
    from unnest(${companyIds}::int[], ${ids}::int[]) as file (company_id, id)
      cross join lateral (
        select * from media.asset_uses u
        where u.company_id = file.company_id and u.asset_id = file.id
        order by u.is_deleted, u.usage, u.content_id, u.video_id, u.portrait_id, u.file_id
        limit ${TOLD_USES}) as u
    order by file.id, u.is_deleted, u.usage, u.content_id, u.video_id, u.portrait_id, u.file_id`
  return [...rows]
}

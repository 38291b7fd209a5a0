import { appendAudit } from '@arv/events'
import { toGlobalId } from '@arv/relay'
import type { Failure } from '@arv/subgraph'
import type { ContentContext } from '../context.ts'
import { changePortrait } from './change-portrait.ts'
import { removePortrait } from './portraits.repository.ts'

interface PortraitDeleted {
  readonly deletedPortraitId: string
  readonly userErrors: []
}

/**
 * Removes a portrait at once, and its files, but for those that something else uses. A marker that is compiled meanwhile
 * is removed when it is reported. Visits to it stay, and count for its company.
 */
export async function deletePortrait(
  context: ContentContext,
  { id }: { readonly id: string },
): Promise<PortraitDeleted | Failure> {
  const named = { id, field: 'id', action: 'deletePortrait' } as const
  return changePortrait<PortraitDeleted>(context, named, async (tx, portrait) => {
    const { companyId, imageId, videoFileId } = portrait
    const assetIds = await removePortrait(tx, portrait)
    await context.jobs.send(tx, 'assets.discard', { companyId, assetIds })
    const subject = { type: 'portrait', id: portrait.id } as const
    await context.events.append(tx, { type: 'content.validity', subject, payload: {} })
    await appendAudit(tx, {
      action: 'portrait.delete',
      entityType: 'Portrait',
      entityId: portrait.id,
      changes: { imageId, videoFileId },
    })
    return { deletedPortraitId: toGlobalId('Portrait', portrait.id), userErrors: [] }
  })
}

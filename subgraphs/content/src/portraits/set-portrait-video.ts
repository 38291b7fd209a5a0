import { appendAudit } from '@arv/events'
import { fromGlobalId } from '@arv/relay'
import { type Failure, failure } from '@arv/subgraph'
import { staleVersion } from '@arv/subgraph/access'
import type { ContentContext } from '../context.ts'
import { fileError } from '../files/file-error.ts'
import { findFile } from '../files/files.repository.ts'
import { unlessFileGoes } from '../files/unless-file-goes.ts'
import { changePortrait } from './change-portrait.ts'
import type { PortraitChanged } from './create-portrait.ts'
import { savePortrait } from './portraits.repository.ts'

export interface SetPortraitVideo {
  /** Global ids. */
  readonly id: string
  /** Null for no video; as it is unless given. */
  readonly fileId?: string | null | undefined
  readonly expectedVersion?: number | null | undefined
}

/** Chooses what plays over a portrait. The file that played before stays an asset. */
export async function setPortraitVideo(
  context: ContentContext,
  { id, fileId, expectedVersion }: SetPortraitVideo,
): Promise<PortraitChanged | Failure> {
  const named = { id, field: 'id', action: 'setPortraitVideo' } as const
  const outcome = changePortrait<PortraitChanged | Failure>(context, named, async (tx, portrait) => {
    const entity = { entityType: 'Portrait', entityId: portrait.id }
    const stale = await staleVersion(tx, expectedVersion, { ...entity, version: portrait.version })
    if (stale) return failure(stale)
    if (fileId === undefined) return { portrait, userErrors: [] }
    const videoFileId = fileId === null ? null : fromGlobalId('Asset', fileId)
    const file = videoFileId === null ? null : await findFile(tx, portrait.companyId, videoFileId)
    const error = fileId === null ? null : fileError(file, { kind: 'VIDEO', field: 'fileId' })
    if (error) return failure(error)
    if (videoFileId === portrait.videoFileId) return { portrait, userErrors: [] }

    const changed = await savePortrait(tx, portrait, { videoFileId })
    const subject = { type: 'portrait', id: portrait.id } as const
    await context.events.append(tx, { type: 'content.details', subject, payload: {} })
    await appendAudit(tx, {
      action: 'portrait.set-video',
      ...entity,
      changes: { videoFileId },
      entityVersion: changed.version,
    })
    return { portrait: changed, userErrors: [] }
  })
  return unlessFileGoes(outcome)
}

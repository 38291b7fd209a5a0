import type { WriteTx } from '@arv/database'
import { appendAudit } from '@arv/events'
import { fromGlobalId } from '@arv/relay'
import { changesOf, type Failure, failure } from '@arv/subgraph'
import { staleVersion } from '@arv/subgraph/access'
import type { UpdateArContentInput } from '../__generated__/resolver-types.ts'
import type { ContentContext } from '../context.ts'
import { fileError } from '../files/file-error.ts'
import { findFile } from '../files/files.repository.ts'
import { unlessFileGoes } from '../files/unless-file-goes.ts'
import { columnsOf, markerOf } from '../markers/marker.ts'
import { requestMarker } from '../markers/request-marker.ts'
import { contentErrors, isShown } from './ar-content.ts'
import { changeContent } from './change-content.ts'
import { chooseImage, type ContentImage } from './choose-image.ts'
import { clearedContentProblems, readContentPatch } from './content-patch.ts'
import { type ArContent, type LockedContent, saveContent } from './contents.repository.ts'
import type { ContentChanged } from './create-ar-content.ts'
import { refuseSimilar, type SimilarFailure } from './refuse-similar.ts'

/** Changes what is given of a content. Another image is shown once its marker is ready; until then the old print works. */
export async function updateArContent(
  context: ContentContext,
  input: UpdateArContentInput,
): Promise<ContentChanged | SimilarFailure | Failure> {
  const named = { id: input.id, field: 'id', action: 'updateArContent' } as const
  const updated = changeContent<ContentChanged | SimilarFailure | Failure>(
    context,
    named,
    async (tx, locked) => {
      const { content, instant } = locked
      const entity = { entityType: 'ArContent', entityId: content.id, version: content.version }
      const stale = await staleVersion(tx, input.expectedVersion, entity)
      if (stale) return failure(stale)

      const changes = changesOf<ArContent>(content, readContentPatch(input))
      const { image, error } = await findChosenImage(tx, content, input.imageId)
      const [problem, ...others] = [
        ...clearedContentProblems(input),
        ...contentErrors(changes, instant),
        error,
      ].filter((each) => each !== null)
      if (problem) return failure(problem, ...others)

      const allowSimilar = input.allowSimilar ?? false
      const refused = allowSimilar ? undefined : await refuseTwins(tx, locked, changes, image)
      if (refused) return refused
      return save(tx, context, content, { changes, image, allowSimilar })
    },
  )
  return unlessFileGoes(updated)
}

/** The image and marker that the content will have; null when it has that image already, or none is given. */
async function findChosenImage(tx: WriteTx, content: ArContent, globalId: string | null | undefined) {
  if (globalId == null) return { image: null, error: null }
  const { companyId, imageId, nextImageId } = content
  const chosenId = fromGlobalId('Asset', globalId)
  const file = chosenId === null ? null : await findFile(tx, companyId, chosenId)
  const error = fileError(file, { kind: 'IMAGE', field: 'imageId' })
  if (error || !file) return { image: null, error }
  return { image: chooseImage({ imageId, nextImageId, marker: markerOf(content) }, file.id), error: null }
}

/** A new image is compared with those of all contents; one that comes to be shown, with those that are shown. */
async function refuseTwins(
  tx: WriteTx,
  { content, instant }: LockedContent,
  changes: Partial<ArContent>,
  image: ContentImage | null,
): Promise<SimilarFailure | undefined> {
  const { id: contentId, companyId, similarAllowed } = content
  const newImageId = image && (image.nextImageId ?? image.imageId)
  if (newImageId !== null && newImageId !== content.imageId) {
    return refuseSimilar(tx, { companyId, contentId, imageId: newImageId, among: 'all' }, 'imageId')
  }
  const comesBack = !isShown(content, instant) && isShown({ ...content, ...changes }, instant)
  if (!comesBack || similarAllowed) return undefined
  const field = changes.isActive === true ? 'isActive' : 'expiresAt'
  return refuseSimilar(tx, { companyId, contentId, imageId: content.imageId, among: 'shown' }, field)
}

interface Update {
  readonly changes: Partial<ArContent>
  readonly image: ContentImage | null
  readonly allowSimilar: boolean
}

async function save(
  tx: WriteTx,
  context: ContentContext,
  content: ArContent,
  { changes, image, allowSimilar }: Update,
): Promise<ContentChanged> {
  if (Object.keys(changes).length === 0 && image === null) return { content, userErrors: [] }
  const saved = await saveContent(tx, content, {
    ...changes,
    ...(image && { imageId: image.imageId, nextImageId: image.nextImageId, ...columnsOf(image.marker) }),
    similarAllowed: allowSimilar || (image === null && content.similarAllowed),
  })
  if (image) await requestMarker(tx, context, saved)
  const subject = { type: 'content', id: saved.id } as const
  if ('isActive' in changes || 'expiresAt' in changes) {
    await context.events.append(tx, { type: 'content.validity', subject, payload: {} })
  }
  if ('title' in changes || 'description' in changes) {
    await context.events.append(tx, { type: 'content.details', subject, payload: {} })
  }
  await appendAudit(tx, {
    action: 'content.update',
    entityType: 'ArContent',
    entityId: saved.id,
    changes: { ...changes, ...(image && { imageId: image.nextImageId ?? image.imageId }) },
    entityVersion: saved.version,
  })
  return { content: saved, userErrors: [] }
}

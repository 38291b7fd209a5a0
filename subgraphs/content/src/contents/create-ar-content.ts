import type { WriteTx } from '@arv/database'
import { appendAudit } from '@arv/events'
import { fromGlobalId } from '@arv/relay'
import { type Failure, failure, invalid, notFound } from '@arv/subgraph'
import { changeCompany, actingUserId } from '@arv/subgraph/access'
import type { ContentContext } from '../context.ts'
import { fileError } from '../files/file-error.ts'
import { findFile } from '../files/files.repository.ts'
import { unlessFileGoes } from '../files/unless-file-goes.ts'
import { type ContentDetails, contentErrors } from './ar-content.ts'
import { type ArContent, findProject, insertContent } from './contents.repository.ts'
import { refuseSimilar, type SimilarFailure } from './refuse-similar.ts'

export interface CreateArContent extends ContentDetails {
  /** Global ids. */
  readonly projectId: string
  readonly imageId: string
  readonly metadata: Record<string, unknown>
  /** Whether an image that resembles another content's is fine. */
  readonly allowSimilar: boolean
}

export interface ContentChanged {
  readonly content: ArContent
  readonly userErrors: []
}

/** Creates a content, and has its marker compiled once the content is there. */
export async function createArContent(
  context: ContentContext,
  input: CreateArContent,
): Promise<ContentChanged | SimilarFailure | Failure> {
  const missing = notFound('projectId', 'project')
  const projectId = fromGlobalId('Project', input.projectId)
  const project = await context.read(async (tx, visible) =>
    projectId === null ? null : findProject(tx, projectId, visible),
  )
  if (projectId === null || project === null) return failure(missing)
  const { companyId } = project
  const created = changeCompany(
    context.database,
    context.caller,
    { companyId, action: 'createArContent', missing },
    (tx) => insert(tx, context, { ...input, companyId, projectId }),
  )
  return unlessFileGoes(created)
}

async function insert(
  tx: WriteTx,
  { caller, jobs, now }: ContentContext,
  input: Omit<CreateArContent, 'projectId'> & { companyId: number; projectId: number },
): Promise<ContentChanged | SimilarFailure | Failure> {
  const { companyId, projectId, title, description, expiresAt, metadata, allowSimilar } = input
  const project = await findProject(tx, projectId, [companyId])
  if (project === null) return failure(notFound('projectId', 'project'))
  const imageId = fromGlobalId('Asset', input.imageId)
  const image = imageId === null ? null : await findFile(tx, companyId, imageId)
  const [error, ...others] = [
    project.isArchived ? invalid('projectId', 'This project is archived: it takes no new contents.') : null,
    fileError(image, { kind: 'IMAGE', field: 'imageId' }),
    ...contentErrors(input, now),
  ].filter((each) => each !== null)
  if (error) return failure(error, ...others)
  if (image === null) throw new Error('an image that passed its checks is there')

  const comparison = { companyId, imageId: image.id, contentId: null, among: 'all' } as const
  const refused = allowSimilar ? undefined : await refuseSimilar(tx, comparison, 'imageId')
  if (refused) return refused

  const content = await insertContent(tx, {
    companyId,
    projectId,
    imageId: image.id,
    title,
    description,
    expiresAt,
    metadata,
    similarAllowed: allowSimilar,
    createdBy: actingUserId(caller),
  })
  await jobs.send(tx, 'marker.compile', {
    companyId,
    subject: { type: 'content', id: content.id },
    imageId: image.id,
    generation: content.markerGeneration,
  })
  await appendAudit(tx, {
    action: 'content.create',
    entityType: 'ArContent',
    entityId: content.id,
    changes: { projectId, imageId: image.id, title, description, expiresAt },
    entityVersion: content.version,
  })
  return { content, userErrors: [] }
}

import { photoLike } from '@arv/testkit/photos'
import { z } from 'zod'
import type { Api } from './api.ts'
import type { OwnProject } from './own-project.ts'
import type { Progress } from './progress.ts'
import { uploadFile } from './upload-file.ts'

const TITLE = 'Demo print'
/** Another seed is another picture. */
const PICTURE_SEED = 4

const content = z.object({
  id: z.string(),
  uniqueId: z.string(),
  title: z.string(),
  isActive: z.boolean(),
  publishedAt: z.string().nullable(),
  expiresAt: z.string().nullable(),
  viewerUrl: z.string(),
  viewsCount: z.number().nullable(),
  videos: z.array(z.object({ id: z.string(), title: z.string(), isActive: z.boolean() })),
})

/** A content as the demo sees it. */
export type OwnContent = z.infer<typeof content>

/** The demo's content: that of an earlier run, or a new one, of a picture that is made on the spot. */
export async function ownContent(api: Api, own: OwnProject, progress: Progress): Promise<OwnContent> {
  const { project } = await api.query(
    'ProjectContents',
    { id: own.projectId, first: 20, filter: { search: TITLE } },
    z.object({
      project: z
        .object({ contents: z.object({ edges: z.array(z.object({ node: content })) }).nullable() })
        .nullable(),
    }),
  )
  const known = project?.contents?.edges
    .map(({ node }) => node)
    .find((node) => node.title === TITLE && node.isActive)
  if (known) {
    progress.done(`Content "${TITLE}", from an earlier run`)
    return known
  }
  progress.waiting('Making a picture')
  const picture = { name: 'demo-print.jpg', bytes: await photoLike(PICTURE_SEED) }
  const imageId = await uploadFile(api, { ...own, kind: 'IMAGE' }, picture, progress)
  const input = {
    projectId: own.projectId,
    imageId,
    title: TITLE,
    description: 'A picture that plays a video when a phone looks at it.',
    // What an earlier run left behind, and somebody deleted since, must not stand in the way.
    allowSimilar: true,
  }
  const made = await api.mutate('CreateArContent', input, z.object({ content }))
  progress.done(`Content "${TITLE}" created`)
  return made.content
}

export async function readContent(api: Api, id: string): Promise<OwnContent> {
  const { arContent } = await api.query('ArContent', { id }, z.object({ arContent: content }))
  return arContent
}

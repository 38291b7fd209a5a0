import { clip } from '@arv/testkit/clips'
import { z } from 'zod'
import type { Api } from './api.ts'
import { type OwnContent, readContent } from './own-content.ts'
import type { OwnProject } from './own-project.ts'
import type { Progress } from './progress.ts'
import { uploadFile } from './upload-file.ts'

const VIDEOS = [
  { title: 'Blue', name: 'blue.mp4', colour: '#1d4ed8', seed: 1 },
  { title: 'Red', name: 'red.mp4', colour: '#b91c1c', seed: 2 },
]
/** As wide for their height as the picture that they play over. */
const FORMAT = { width: 640, height: 480, seconds: 4, framesPerSecond: 25 }

/** Gives the content the videos that it doesn't have yet, of clips that are made on the spot. */
export async function ownVideos(
  api: Api,
  own: OwnProject,
  content: OwnContent,
  progress: Progress,
): Promise<OwnContent> {
  const missing = VIDEOS.filter(({ title }) => content.videos.every((video) => video.title !== title))
  if (missing.length === 0) {
    progress.done(`Its videos ${VIDEOS.map(({ title }) => `"${title}"`).join(' and ')}`)
    return content
  }
  for (const { title, name, colour, seed } of missing) {
    progress.waiting(`Making ${name}`)
    const bytes = await clip({ ...FORMAT, colour, seed })
    const fileId = await uploadFile(api, { ...own, kind: 'VIDEO' }, { name, bytes }, progress)
    await api.mutate('AddVideo', { contentId: content.id, fileId, title }, z.object({}))
    progress.done(`Video "${title}" added`)
  }
  return readContent(api, content.id)
}

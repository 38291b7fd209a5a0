import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import type { Api, Subscription } from './api.ts'
import { DemoError } from './demo-error.ts'
import type { OwnContent } from './own-content.ts'
import type { Progress } from './progress.ts'

/** Until the subscription is open: what is measured is the push, not the handshake. */
const SETTLE_MS = 500
const PATIENCE_MS = 15_000

const seen = z.object({
  cursor: z.string(),
  activeVideo: z.object({ uniqueId: z.string(), title: z.string() }).nullable(),
})
const changed = z.object({ viewerContentChanged: z.object({ content: seen.nullable() }) })

/** What a visitor sees in the end. */
export interface Shown {
  readonly title: string
  readonly videoUniqueId: string
}

/** Activates the video that does not play, while a visitor, who is not signed in, has the page open. */
export async function showPush(
  { admin, visitor }: { readonly admin: Api; readonly visitor: Api },
  { uniqueId, videos }: OwnContent,
  progress: Progress,
): Promise<Shown> {
  const { viewerContent } = await visitor.query(
    'ViewerContent',
    { uniqueId },
    z.object({ viewerContent: seen.nullable() }),
  )
  if (viewerContent === null) throw new DemoError('The content is published, but visitors can’t see it.')
  const playing = viewerContent.activeVideo?.title
  const other = videos.find(({ title }) => title !== playing)
  if (!other) throw new DemoError('The content has no other video to activate.')
  progress.done(`A visitor opens it and sees "${playing ?? 'no video'}"; the page stays open`)

  const changes = visitor.subscribe(
    'ViewerContentChanged',
    { uniqueId, after: viewerContent.cursor },
    changed,
  )
  const arrival = untilShown(changes, other.title)
  try {
    await Promise.race([arrival, delay(SETTLE_MS)])
    const asked = performance.now()
    const [shown] = await Promise.all([
      arrival,
      admin.mutate('ActivateVideo', { id: other.id }, z.object({})),
    ])
    const ms = Math.max(1, Math.round(shown.at - asked))
    progress.done(
      `"${other.title}" activated: the visitor's page had it ${ms} ms later, pushed over the subscription`,
    )
    return { title: other.title, videoUniqueId: shown.videoUniqueId }
  } finally {
    await changes.close()
  }
}

async function untilShown(changes: Subscription<z.infer<typeof changed>>, title: string) {
  const late = new AbortController()
  const deadline = delay(PATIENCE_MS, undefined, { signal: late.signal })
  try {
    for (;;) {
      const change = await Promise.race([changes.next(), deadline])
      if (!change) throw new DemoError('The change was not pushed to the visitor within 15 s.')
      const video = change.viewerContentChanged.content?.activeVideo
      if (video?.title === title) return { at: performance.now(), videoUniqueId: video.uniqueId }
    }
  } finally {
    late.abort()
    await deadline.catch(() => undefined)
  }
}

import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import type { Api, Subscription } from './api.ts'
import { DemoError } from './demo-error.ts'
import type { Progress } from './progress.ts'

/** For what was pushed before the subscription was open. */
const LOOK_AGAIN_MS = 3_000
/** A machine that is busy with other things needs many times the usual ten seconds. */
const PATIENCE_MS = 240_000

const marker = z.object({
  status: z.enum(['PENDING', 'PROCESSING', 'COMPLETED', 'FAILED']),
  rating: z.number().nullable(),
  error: z.object({ message: z.string() }).nullable(),
})
type Marker = z.infer<typeof marker>

const changed = z.object({
  markerStatusChanged: z.object({
    content: z.object({ id: z.string(), marker: marker.nullable() }).nullable(),
  }),
})

const WORDS = {
  PENDING: 'The marker waits for a worker',
  PROCESSING: 'The marker is being compiled: what a camera will recognise the picture by',
}

/** Waits until the content's marker is compiled, following it by subscription. A marker that had failed is tried again. */
export async function watchMarker(
  api: Api,
  { companyId, contentId }: { readonly companyId: string; readonly contentId: string },
  progress: Progress,
): Promise<void> {
  const before = await readMarker(api, contentId)
  if (before.status === 'COMPLETED') {
    progress.done(`Its marker is compiled, and rated ${rated(before)}`)
    return
  }
  if (before.status === 'FAILED') {
    await api.mutate('RegenerateMarker', { contentId }, z.object({}))
  }
  const began = performance.now()
  const changes = api.subscribe('MarkerStatusChanged', { companyId, contentId }, changed)
  try {
    const compiled = await untilFinal(api, contentId, changes, progress)
    const seconds = ((performance.now() - began) / 1000).toFixed(1)
    progress.done(`Marker compiled in ${seconds} s, and rated ${rated(compiled)}`)
  } finally {
    await changes.close()
  }
}

async function untilFinal(
  api: Api,
  contentId: string,
  changes: Subscription<z.infer<typeof changed>>,
  progress: Progress,
): Promise<Marker> {
  const deadline = performance.now() + PATIENCE_MS
  let next = changes.next()
  let latest = await readMarker(api, contentId)
  while (performance.now() < deadline) {
    if (latest.status === 'COMPLETED') return latest
    if (latest.status === 'FAILED') {
      throw new DemoError(`The marker could not be compiled. ${latest.error?.message ?? ''}`.trim())
    }
    progress.waiting(WORDS[latest.status])
    const pushed = await Promise.race([next, delay(LOOK_AGAIN_MS, undefined, { ref: false })])
    if (pushed) next = changes.next()
    const news = pushed?.markerStatusChanged.content?.marker
    latest = news ?? (await readMarker(api, contentId))
  }
  throw new DemoError('The marker is not compiled after four minutes: is a worker of media running?')
}

async function readMarker(api: Api, id: string): Promise<Marker> {
  const { arContent } = await api.query(
    'ArContent',
    { id },
    z.object({ arContent: z.object({ marker: marker.nullable() }) }),
  )
  if (arContent.marker === null) throw new DemoError('The marker can’t be read at the moment: try again.')
  return arContent.marker
}

function rated({ rating }: Marker): string {
  return rating === null ? 'not yet' : `${rating.toFixed(1)} of 5`
}

import { z } from 'zod'
import { type Api, connectApi } from './api.ts'
import type { Credentials } from './credentials.ts'
import { DemoError } from './demo-error.ts'
import { ownContent, readContent } from './own-content.ts'
import { ownProject } from './own-project.ts'
import { ownVideos } from './own-videos.ts'
import type { Progress } from './progress.ts'
import { recordVisit } from './record-visit.ts'
import { showPush } from './show-push.ts'
import { watchMarker } from './watch-marker.ts'

/** What there is to look at afterwards. */
export interface DemoResult {
  readonly viewerUrl: string
  readonly uniqueId: string
  /** The title of the video that plays now. */
  readonly playing: string
}

/**
 * Goes through the whole flow, from signing in to a counted visit. What an earlier run made is used again.
 *
 * @throws DemoError
 */
export async function runDemo(
  url: string,
  credentials: Credentials,
  progress: Progress,
): Promise<DemoResult> {
  const visitor = connectApi(url)
  const apis = [visitor]
  try {
    const admin = connectApi(url, await signIn(visitor, credentials))
    apis.push(admin)
    progress.done(`Signed in as ${credentials.email}`)
    return await goThrough(admin, visitor, progress)
  } finally {
    progress.end()
    await Promise.all(apis.map((api) => api.close()))
  }
}

async function goThrough(admin: Api, visitor: Api, progress: Progress): Promise<DemoResult> {
  const own = await ownProject(admin, progress)
  const found = await ownContent(admin, own, progress)
  await watchMarker(admin, { companyId: own.companyId, contentId: found.id }, progress)
  const content = await ownVideos(admin, own, found, progress)
  if (content.publishedAt === null) {
    await admin.mutate('PublishArContent', { id: content.id }, z.object({}))
    progress.done('Published')
  }
  const shown = await showPush({ admin, visitor }, content, progress)
  await recordVisit(visitor, content.uniqueId, shown.videoUniqueId)
  const { viewsCount } = await readContent(admin, content.id)
  progress.done(`The visit is recorded${viewsCount === null ? '' : `, the content's ${ordinal(viewsCount)}`}`)
  return { viewerUrl: content.viewerUrl, uniqueId: content.uniqueId, playing: shown.title }
}

async function signIn(api: Api, { email, password, source, hint }: Credentials): Promise<string> {
  const { signIn: answer } = await api.query(
    'SignIn',
    { input: { email, password } },
    z.object({
      signIn: z.object({
        session: z.object({ accessToken: z.string() }).nullable(),
        userErrors: z.array(z.object({ message: z.string() })),
      }),
    }),
  )
  if (answer.session) return answer.session.accessToken
  const sentences = [
    `${email} could not sign in with the password from ${source}.`,
    ...answer.userErrors.map(({ message }) => message),
    ...(hint === undefined ? [] : [hint]),
    'If it is lost, another is set by: npx -y pnpm@12 seed --reset-password',
  ]
  throw new DemoError(sentences.join(' '))
}

function ordinal(count: number): string {
  const ending = new Intl.PluralRules('en', { type: 'ordinal' }).select(count)
  return `${count}${{ one: 'st', two: 'nd', few: 'rd', other: 'th', many: 'th', zero: 'th' }[ending]}`
}

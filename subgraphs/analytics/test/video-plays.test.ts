import { randomUUID } from 'node:crypto'
import type { Caller } from '@arv/identity'
import { toGlobalId } from '@arv/relay'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Analytics,
  callerWith,
  type Content,
  type Project,
  REPORT,
  START,
  startAnalytics,
} from './analytics.ts'

let analytics: Analytics
let viewer: Caller
let project: Project
let content: Content

beforeAll(async () => {
  analytics = await startAnalytics()
  project = await analytics.project()
  viewer = callerWith([{ companyId: project.companyId, role: 'VIEWER' }])
  content = await analytics.content(project)
})

afterAll(() => analytics.close())

/** As the gateway asks for what analytics knows of videos. */
const entities = (videos: readonly { id: number }[], caller = viewer) =>
  analytics.run(
    'query ($videos: [_Any!]!) { _entities(representations: $videos) { ... on Video { plays } } }',
    { videos: videos.map(({ id }) => ({ __typename: 'Video', id: toGlobalId('Video', id) })) },
    caller,
  )

const plays = async (...videos: { id: number }[]) => (await entities(videos)).data?.['_entities']

async function visit(preview = false): Promise<string> {
  const sessionId = randomUUID()
  await analytics.visit(START, { uniqueId: content.uniqueId, sessionId, preview })
  return sessionId
}

const report = (sessionId: string, video: { uniqueId: string }, videoPlayed = true) =>
  analytics.visit(REPORT, { sessionId, videoUniqueId: video.uniqueId, durationSeconds: 5, videoPlayed })

describe('plays of a video', () => {
  test('are counted once for each visit, whatever plays in between', async () => {
    const [one, two] = [await analytics.video(content), await analytics.video(content)]
    expect(await plays(one, two)).toEqual([{ plays: 0 }, { plays: 0 }])
    const [first, second] = [await visit(), await visit()]
    for (const video of [one, one, two, one]) await report(first, video)
    await report(second, one)
    expect(await plays(one, two)).toEqual([{ plays: 2 }, { plays: 1 }])
  })

  test('are counted once of reports that come at the same time', async () => {
    const video = await analytics.video(content)
    const session = await visit()
    await Promise.all(Array.from({ length: 8 }, () => report(session, video)))
    expect(await plays(video)).toEqual([{ plays: 1 }])
  })

  test('are none in a preview, before it plays, or in a visit to something else', async () => {
    const video = await analytics.video(content)
    await report(await visit(true), video)
    await report(await visit(), video, false)
    const elsewhere = await analytics.video(await analytics.content(project))
    await report(await visit(), elsewhere)
    expect(await plays(video, elsewhere)).toEqual([{ plays: 0 }, { plays: 0 }])
  })

  test('of many videos are one read, and of another company’s nothing', async () => {
    const foreign = await analytics.video(await analytics.content(await analytics.project()))
    const videos = [await analytics.video(content), await analytics.video(content), foreign]
    const one = await analytics.countStatements(() => entities(videos.slice(0, 1)))
    const all = await analytics.countStatements(async () =>
      expect(await plays(...videos)).toEqual([{ plays: 0 }, { plays: 0 }, null]),
    )
    expect(all).toBe(one)
  })
})

describe('a visit to a portrait', () => {
  test('is recorded as one, and reports on it are taken', async () => {
    const image = await analytics.seed.asset(project.companyId)
    const portrait = await analytics.seed.portrait(project.companyId, image.id)
    const sessionId = randomUUID()
    expect(await analytics.visit(START, { uniqueId: portrait.uniqueId, sessionId })).toEqual({
      data: { startViewSession: { sessionId, userErrors: [] } },
    })
    // To visitors a portrait's video has the public id of its file, which is no content's video.
    expect(await report(sessionId, { uniqueId: randomUUID() })).toEqual({
      data: { reportViewSession: { sessionId, userErrors: [] } },
    })
    const [row] = await analytics.seed.sql`
      select portrait_id, content_id, video_played, video_id from analytics.view_sessions
      where session_id = ${sessionId}`
    expect(row).toEqual({
      portrait_id: portrait.id,
      content_id: null,
      video_played: true,
      video_id: null,
    })
  })
})

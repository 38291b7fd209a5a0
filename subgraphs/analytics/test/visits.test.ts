import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Analytics,
  type Answer,
  type Content,
  type Project,
  REPORT,
  START,
  startAnalytics,
} from './analytics.ts'

let analytics: Analytics
let project: Project
let content: Content

beforeAll(async () => {
  analytics = await startAnalytics()
  project = await analytics.project()
})

afterAll(() => analytics.close())

const newContent = async (columns = {}) => {
  content = await analytics.content(project, columns)
  return content
}

const startAnswer = (sessionId: string): Answer => ({
  data: { startViewSession: { sessionId, userErrors: [] } },
})
const startRefusal = (code: string, field: string, message: string): Answer => ({
  data: { startViewSession: { sessionId: null, userErrors: [{ code, field: [field], message }] } },
})
const NO_SUCH_CONTENT = startRefusal('NOT_FOUND', 'uniqueId', 'There is no such content.')

const seedPortrait = async () => {
  const image = await analytics.seed.asset(project.companyId)
  const [row] = await analytics.seed.sql<{ id: number; uniqueId: string }[]>`
    insert into content.portraits (company_id, image_id, storage_connection_id)
    select id, ${image.id}, storage_connection_id from tenancy.companies where id = ${project.companyId}
    returning id, unique_id as "uniqueId"`
  return row ?? { id: 0, uniqueId: '' }
}

const sessionRow = async (sessionId: string) => {
  const [row] = await analytics.seed.sql`
    select company_id, project_id, content_id, portrait_id, device_type, browser, os, ip_address, country, city,
      duration_seconds, tracking_quality, video_id, video_played, video_completed, ended_at is not null as ended
    from analytics.view_sessions where session_id = ${sessionId}`
  return row && { ...row }
}

const viewsOf = async (contentId: number) => {
  const [row] = await analytics.seed.sql`
    select views_count, last_viewed_at is not null as viewed from analytics.content_views where content_id = ${contentId}`
  return row && { ...row }
}

describe('a visit', () => {
  test('is recorded with the device, its address and where it belongs', async () => {
    const { id, uniqueId } = await newContent()
    const sessionId = randomUUID()
    expect(await analytics.visit(START, { uniqueId, sessionId })).toEqual(startAnswer(sessionId))
    expect(await sessionRow(sessionId)).toEqual({
      company_id: project.companyId,
      project_id: project.id,
      content_id: id,
      portrait_id: null,
      device_type: 'MOBILE',
      browser: 'Safari',
      os: 'iOS',
      ip_address: '198.51.100.4',
      country: null,
      city: null,
      duration_seconds: 0,
      tracking_quality: null,
      video_id: null,
      video_played: false,
      video_completed: false,
      ended: false,
    })
    expect(await viewsOf(id)).toEqual({ views_count: 1, viewed: true })
  })

  test('to a portrait is recorded for its company', async () => {
    const portrait = await seedPortrait()
    const sessionId = randomUUID()
    const answer = await analytics.visit(START, { uniqueId: portrait.uniqueId, sessionId })
    expect(answer).toEqual(startAnswer(sessionId))
    expect(await sessionRow(sessionId)).toMatchObject({
      company_id: project.companyId,
      content_id: null,
      portrait_id: portrait.id,
    })
  })

  test('of a browser that says nothing, from an address that is none, is a visit all the same', async () => {
    const { uniqueId } = await newContent()
    const sessionId = randomUUID()
    const nobody = { userAgent: null, ipAddress: 'unknown' }
    expect(await analytics.visit(START, { uniqueId, sessionId }, nobody)).toEqual(startAnswer(sessionId))
    expect(await sessionRow(sessionId)).toMatchObject({
      device_type: 'OTHER',
      browser: null,
      ip_address: null,
    })
  })

  test('that is started twice is one visit', async () => {
    const { id, uniqueId } = await newContent()
    const sessionId = randomUUID()
    await analytics.visit(START, { uniqueId, sessionId })
    expect(await analytics.visit(START, { uniqueId, sessionId })).toEqual(startAnswer(sessionId))
    expect(await viewsOf(id)).toMatchObject({ views_count: 1 })
  })

  test('that is started by twenty requests at once is one visit', async () => {
    const { id, uniqueId } = await newContent()
    const sessionId = randomUUID()
    const starts = Array.from({ length: 20 }, () => analytics.visit(START, { uniqueId, sessionId }))
    expect(new Set((await Promise.all(starts)).map((answer) => JSON.stringify(answer))).size).toBe(1)
    expect(await viewsOf(id)).toMatchObject({ views_count: 1 })
  })

  test('is counted once each, fifty at a time', async () => {
    const { id, uniqueId } = await newContent()
    await Promise.all(
      Array.from({ length: 50 }, () => analytics.visit(START, { uniqueId, sessionId: randomUUID() })),
    )
    expect(await viewsOf(id)).toMatchObject({ views_count: 50 })
    const [rows] = await analytics.seed.sql`
      select count(*)::int as sessions from analytics.view_sessions where content_id = ${id}`
    expect(rows).toEqual({ sessions: 50 })
  })

  test('by preview is answered like one and leaves nothing behind', async () => {
    const { id, uniqueId } = await newContent()
    const sessionId = randomUUID()
    const answer = await analytics.visit(START, { uniqueId, sessionId, preview: true })
    expect(answer).toEqual(startAnswer(sessionId))
    const report = { sessionId, durationSeconds: 5, videoPlayed: true }
    expect(await analytics.visit(REPORT, report)).toEqual({
      data: { reportViewSession: { sessionId, userErrors: [] } },
    })
    // Once a preview, always a preview: a later start doesn't count it after all.
    await analytics.visit(START, { uniqueId, sessionId })
    expect(await sessionRow(sessionId)).toBeUndefined()
    expect(await viewsOf(id)).toBeUndefined()
  })

  test('in a month that nobody made is kept', async () => {
    const { id, uniqueId } = await newContent()
    await analytics.seed
      .sql`insert into analytics.view_sessions (company_id, content_id, session_id, created_at)
      values (${project.companyId}, ${id}, ${randomUUID()}, '2031-05-05T10:00:00Z')`
    expect(await analytics.visit(START, { uniqueId, sessionId: randomUUID() })).toMatchObject({
      data: { startViewSession: { userErrors: [] } },
    })
  })
})

describe('there is no visit', () => {
  test.each<[string, Record<string, unknown>]>([
    ['is unpublished', { published_at: null }],
    ['is switched off', { is_active: false }],
    ['has expired', { expires_at: '2020-01-01T00:00:00Z' }],
    ['is deleted', { deleted_at: '2020-01-01T00:00:00Z' }],
  ])('to a content that %s', async (_state, columns) => {
    const { uniqueId } = await newContent(columns)
    expect(await analytics.visit(START, { uniqueId, sessionId: randomUUID() })).toEqual(NO_SUCH_CONTENT)
  })

  test('to a content of a project that has ended, or of a company that is switched off', async () => {
    const ended = await analytics.project(project.companyId, { expires_at: '2020-01-01T00:00:00Z' })
    const off = await analytics.seed.company({ is_active: false })
    for (const dead of [ended, await analytics.project(off.id)]) {
      const { uniqueId } = await analytics.content(dead)
      expect(await analytics.visit(START, { uniqueId, sessionId: randomUUID() })).toEqual(NO_SUCH_CONTENT)
    }
  })

  test('to nothing', async () => {
    const uniqueId = randomUUID()
    expect(await analytics.visit(START, { uniqueId, sessionId: randomUUID() })).toEqual(NO_SUCH_CONTENT)
  })

  test('with what is no UUID', async () => {
    const { errors } = await analytics.visit(START, { uniqueId: '7', sessionId: randomUUID() })
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT' })
  })

  test("with the id of another company's visit, which stays as it is", async () => {
    const { uniqueId } = await newContent()
    const sessionId = randomUUID()
    await analytics.visit(START, { uniqueId, sessionId })
    const before = await sessionRow(sessionId)
    const other = await analytics.content(await analytics.project())
    expect(await analytics.visit(START, { uniqueId: other.uniqueId, sessionId })).toEqual(
      startRefusal('CONFLICT', 'sessionId', 'This is the id of a visit to something else: make a new one.'),
    )
    expect(await sessionRow(sessionId)).toEqual(before)
    expect(await viewsOf(other.id)).toBeUndefined()
  })
})

describe('a report', () => {
  const report = (input: Record<string, unknown>) => analytics.visit(REPORT, { videoPlayed: false, ...input })
  const startedVisit = async () => {
    const { uniqueId } = await newContent()
    const sessionId = randomUUID()
    await analytics.visit(START, { uniqueId, sessionId })
    return sessionId
  }

  test('tells how long, how well, and what was played', async () => {
    const sessionId = await startedVisit()
    const video = await analytics.video(content)
    const answer = await report({
      sessionId,
      durationSeconds: 12,
      trackingQuality: 'GOOD',
      videoUniqueId: video.uniqueId,
      videoPlayed: true,
      videoCompleted: true,
      ended: true,
    })
    expect(answer).toEqual({ data: { reportViewSession: { sessionId, userErrors: [] } } })
    expect(await sessionRow(sessionId)).toMatchObject({
      duration_seconds: 12,
      tracking_quality: 'GOOD',
      video_id: video.id,
      video_played: true,
      video_completed: true,
      ended: true,
    })
  })

  test('that comes late takes nothing back', async () => {
    const sessionId = await startedVisit()
    await report({ sessionId, durationSeconds: 30, trackingQuality: 'FAIR', videoPlayed: true, ended: true })
    await report({ sessionId, durationSeconds: 10 })
    expect(await sessionRow(sessionId)).toMatchObject({
      duration_seconds: 30,
      tracking_quality: 'FAIR',
      video_played: true,
      ended: true,
    })
  })

  test("leaves out a video that isn't the content's", async () => {
    const sessionId = await startedVisit()
    const other = await analytics.content(await analytics.project())
    const video = await analytics.video(other)
    await report({ sessionId, durationSeconds: 4, videoUniqueId: video.uniqueId })
    expect(await sessionRow(sessionId)).toMatchObject({ duration_seconds: 4, video_id: null })
  })

  test('still counts when the content was withdrawn meanwhile', async () => {
    const sessionId = await startedVisit()
    await analytics.seed.sql`update content.ar_contents set published_at = null where id = ${content.id}`
    await report({ sessionId, durationSeconds: 9 })
    expect(await sessionRow(sessionId)).toMatchObject({ duration_seconds: 9 })
  })

  test('about a visit that nobody began is refused', async () => {
    expect(await report({ sessionId: randomUUID(), durationSeconds: 1 })).toEqual({
      data: {
        reportViewSession: {
          sessionId: null,
          userErrors: [{ code: 'NOT_FOUND', field: ['sessionId'], message: 'There is no such visit.' }],
        },
      },
    })
  })

  test.each([-1, 86_401])('of %i seconds is refused', async (durationSeconds) => {
    const sessionId = await startedVisit()
    expect(await report({ sessionId, durationSeconds })).toMatchObject({
      data: { reportViewSession: { userErrors: [{ code: 'INVALID', field: ['durationSeconds'] }] } },
    })
    expect(await sessionRow(sessionId)).toMatchObject({ duration_seconds: 0 })
  })
})

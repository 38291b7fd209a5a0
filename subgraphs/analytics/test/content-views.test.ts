import { randomUUID } from 'node:crypto'
import { ANONYMOUS, type Caller } from '@arv/identity'
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
let foreign: Content

beforeAll(async () => {
  analytics = await startAnalytics()
  project = await analytics.project()
  viewer = callerWith([{ companyId: project.companyId, role: 'VIEWER' }])
  content = await analytics.content(project)
  foreign = await analytics.content(await analytics.project())
})

afterAll(() => analytics.close())

const representationOf = ({ id }: { id: number }) => ({
  __typename: 'ArContent',
  id: toGlobalId('ArContent', id),
})

const RANGE_AND_PAGE = `, $from: DateTime = "2026-01-01T00:00:00Z", $to: DateTime = "2027-01-01T00:00:00Z",
  $first: Int, $after: String, $last: Int, $before: String`

const PAGE = `viewSessions(from: $from, to: $to, first: $first, after: $after, last: $last, before: $before) {
  totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor node { sessionId } }
}`

/** As the gateway asks for what analytics knows of contents. */
const entities = (selection: string, contents: readonly unknown[], variables = {}, caller = viewer) =>
  analytics.run(
    `query ($contents: [_Any!]!${selection.includes('$') ? RANGE_AND_PAGE : ''}) {
      _entities(representations: $contents) { ... on ArContent { ${selection} } }
    }`,
    { contents, ...variables },
    caller,
  )

/** Visits at these times, in this order; answers their session ids. */
async function visits({ id }: Content, times: readonly string[]): Promise<string[]> {
  const sessions = times.map(() => randomUUID())
  for (const [index, at] of times.entries()) {
    await analytics.seed.sql`
      insert into analytics.view_sessions (company_id, project_id, content_id, session_id, created_at)
      values (${project.companyId}, ${project.id}, ${id}, ${sessions[index] ?? ''}, ${at})`
  }
  return sessions
}

describe('views of a content', () => {
  test('are zero until somebody opens it', async () => {
    expect(await entities('viewsCount lastViewedAt', [representationOf(content)])).toEqual({
      data: { _entities: [{ viewsCount: 0, lastViewedAt: null }] },
    })
  })

  test('go up with each visit', async () => {
    const opened = await analytics.content(project)
    for (const sessionId of [randomUUID(), randomUUID()]) {
      await analytics.visit(START, { uniqueId: opened.uniqueId, sessionId })
    }
    expect(await entities('viewsCount lastViewedAt', [representationOf(opened)])).toEqual({
      data: { _entities: [{ viewsCount: 2, lastViewedAt: expect.stringMatching(/^2\d{3}-.*Z$/) }] },
    })
  })

  test("of another tenant's content, no content, another type and garbage are the same nothing", async () => {
    const representations = [
      representationOf(foreign),
      representationOf({ id: 999_999 }),
      { __typename: 'ArContent', id: toGlobalId('Project', content.id) },
      { __typename: 'ArContent', id: '?' },
    ]
    expect(await entities('viewsCount', representations)).toEqual({
      data: { _entities: [null, null, null, null] },
    })
  })

  test("of another tenant's content are seen by a platform admin", async () => {
    const admin = callerWith([], { isPlatformAdmin: true })
    expect(await entities('viewsCount', [representationOf(foreign)], {}, admin)).toEqual({
      data: { _entities: [{ viewsCount: 0 }] },
    })
  })

  test('take somebody who is signed in', async () => {
    const nobody = { ...viewer, principal: ANONYMOUS }
    const { errors } = await entities('viewsCount', [representationOf(content)], {}, nobody)
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED' })
  })
})

describe('view sessions', () => {
  test('have every field that the admin shows, and name what other subgraphs know', async () => {
    const visited = await analytics.content(project)
    const video = await analytics.video(visited)
    const sessionId = randomUUID()
    await analytics.visit(START, { uniqueId: visited.uniqueId, sessionId })
    await analytics.visit(REPORT, {
      sessionId,
      durationSeconds: 7,
      videoPlayed: true,
      trackingQuality: 'POOR',
      videoUniqueId: video.uniqueId,
    })
    const answer = await entities(
      `viewSessions(from: "2020-01-01T00:00:00Z", to: "2100-01-01T00:00:00Z") { edges { node {
        id content { id viewsCount } portrait { id } project { id } company { id } sessionId userAgent deviceType browser os
        ipAddress country city durationSeconds trackingQuality video { id } videoPlayed videoCompleted endedAt createdAt
      } } }`,
      [representationOf(visited)],
    )
    const node = {
      id: expect.stringMatching(/^\w+$/),
      content: { id: toGlobalId('ArContent', visited.id), viewsCount: 1 },
      portrait: null,
      project: { id: toGlobalId('Project', project.id) },
      company: { id: toGlobalId('Company', project.companyId) },
      sessionId,
      userAgent: expect.stringContaining('iPhone'),
      deviceType: 'MOBILE',
      browser: 'Safari',
      os: 'iOS',
      ipAddress: '198.51.100.4',
      country: null,
      city: null,
      durationSeconds: 7,
      trackingQuality: 'POOR',
      video: { id: toGlobalId('Video', video.id) },
      videoPlayed: true,
      videoCompleted: false,
      endedAt: null,
      createdAt: expect.stringMatching(/Z$/),
    }
    expect(answer).toEqual({ data: { _entities: [{ viewSessions: { edges: [{ node }] } }] } })
  })

  test('come page by page in both directions, the latest first, though many began in the same instant', async () => {
    const listed = await analytics.content(project)
    const instant = '2026-03-05T10:00:00.123456Z'
    const times = [...Array.from({ length: 4 }, () => instant), '2026-03-06T00:00:00Z']
    const expected = (await visits(listed, times)).toReversed()

    for (const [size, cursor, end] of [
      ['first', 'after', 'endCursor'],
      ['last', 'before', 'startCursor'],
    ] as const) {
      const seen: string[] = []
      let place: string | undefined
      for (let pages = 0; pages < 3; pages += 1) {
        const answer = await entities(PAGE, [representationOf(listed)], { [size]: 2, [cursor]: place })
        const page = pageOf(answer.data)
        expect(page.totalCount).toBe(5)
        const ids = page.edges.map(({ node }) => node.sessionId)
        if (size === 'first') seen.push(...ids)
        else seen.unshift(...ids)
        place = page.pageInfo[end]
        expect(page.pageInfo[size === 'first' ? 'hasNextPage' : 'hasPreviousPage']).toBe(pages < 2)
      }
      expect(seen).toEqual(expected)
    }
  })

  test('are those that began in the time: its end is not in it', async () => {
    const listed = await analytics.content(project)
    const [, first, second] = await visits(listed, [
      '2026-03-04T23:59:59.999Z',
      '2026-03-05T00:00:00Z',
      '2026-03-05T23:59:59.999Z',
      '2026-03-06T00:00:00Z',
    ])
    const day = { from: '2026-03-05T00:00:00Z', to: '2026-03-06T00:00:00Z' }
    const page = pageOf((await entities(PAGE, [representationOf(listed)], day)).data)
    expect(page.edges.map(({ node }) => node.sessionId)).toEqual([second, first])
    expect(page.totalCount).toBe(2)
  })

  test.each([
    [{ first: 0 }, 'first'],
    [{ first: -1 }, 'first'],
    [{ first: 101 }, 'first'],
    [{ first: 1, last: 1 }, 'last'],
    [{ after: 'garbage' }, 'after'],
    [{ from: '2026-03-05T00:00:00Z', to: '2026-03-05T00:00:00Z' }, 'to'],
  ])('are refused with %j', async (variables, field) => {
    const { errors } = await entities(PAGE, [representationOf(content)], variables)
    expect(errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT', field })
  })

  test('of fifty contents take as many statements as those of one', async () => {
    const contents: Content[] = []
    for (let count = 0; count < 50; count += 1) {
      contents.push(await analytics.content(project))
    }
    const selection = `viewsCount ${PAGE}`
    const count = (some: readonly Content[]) =>
      analytics.countStatements(() => entities(selection, some.map(representationOf), { first: 5 }))
    await count(contents.slice(0, 1)) // opens the connection
    const one = await count(contents.slice(0, 1))
    expect(one).toBeGreaterThan(3)
    expect(await count(contents)).toBe(one)
  })
})

interface SessionPage {
  readonly totalCount: number
  readonly pageInfo: {
    readonly hasNextPage: boolean
    readonly hasPreviousPage: boolean
    readonly startCursor: string
    readonly endCursor: string
  }
  readonly edges: readonly { readonly node: { readonly sessionId: string } }[]
}

function pageOf(data: unknown): SessionPage {
  const { _entities } = data as { _entities: [{ viewSessions: SessionPage }] }
  return _entities[0].viewSessions
}

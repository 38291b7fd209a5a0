import { fromGlobalId, toGlobalId } from '@arv/relay'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  asObject,
  asText,
  type ContentUnderTest,
  type Json,
  member,
  type SeededTenant,
  seedCompany,
  startContent,
} from './content-under-test.ts'

let content: ContentUnderTest
let acme: SeededTenant

beforeAll(async () => {
  content = await startContent()
  acme = await seedCompany(content.seed)
})

afterAll(() => content.stop())

/** A content with videos one, two and three, of which the first plays. */
async function seedContent({ company = acme } = {}) {
  const { id, uniqueId } = await content.seed.content(company.id, company.projectId, company.imageId, {
    published_at: new Date(0),
  })
  const ids: number[] = []
  for (const [place, title] of ['one', 'two', 'three'].entries()) {
    const columns = { title, rotation_order: place }
    ids.push((await content.seed.video(company.id, id, company.videoFileId, columns)).id)
  }
  const [first = 0, second = 0, third = 0] = ids
  await content.seed.sql`update content.ar_contents
    set active_video_id = ${first}, active_video_rule = 'DEFAULT' where id = ${id}`
  return {
    id,
    uniqueId,
    contentId: toGlobalId('ArContent', id),
    first,
    second,
    third,
    sequence: ids.map((each) => toGlobalId('Video', each)),
  }
}

const video = (id: number) => toGlobalId('Video', id)

const CONTENT = `content { activeVideo { title } activeVideoReason rotation {
  rotationType timeOfDay dayOfWeek dayOfMonth cronExpression timeZone videoSequence { title }
  currentIndex isActive lastRotationAt nextRotationAt priority version
} }`

const set = (input: Json, caller = acme.editor) => content.mutate(caller, 'setRotation', CONTENT, input)
const clear = (contentId: string, caller = acme.editor) =>
  content.mutate(caller, 'clearRotation', CONTENT, { contentId })
const RULE = `rule { id priority rotationType timeOfDay videoSequence { title } startsOn endsOn exceptedDates isActive version
  dayParts { weekdays from to videos { title } } } content { activeVideo { title } activeVideoReason }`
const addRule = (input: Json) => content.mutate(acme.editor, 'addRotationRule', RULE, input)
const updateRule = (input: Json) => content.mutate(acme.editor, 'updateRotationRule', RULE, input)

const errorsOf = (payload: Json) =>
  JSON.parse(JSON.stringify(payload['userErrors'])).map(
    ({ code, field }: { code: string; field: string[] }) => `${code} ${field.join('.')}`,
  )

/** At noon in UTC, in an order that is not that of the videos. */
const noon = (seeded: Awaited<ReturnType<typeof seedContent>>) => ({
  contentId: seeded.contentId,
  rotationType: 'TIME_OF_DAY',
  timeOfDay: '12:00',
  timeZone: 'UTC',
  videoSequence: [video(seeded.second), video(seeded.third), video(seeded.first)],
})

/** The next time that clocks in UTC show this. */
function nextUtc(hours: number): string {
  const next = new Date()
  next.setUTCHours(hours, 0, 0, 0)
  if (next <= new Date()) next.setUTCDate(next.getUTCDate() + 1)
  return next.toISOString()
}

describe('setting a rotation', () => {
  test('plays its first video at once, and says when the turn changes', async () => {
    const seeded = await seedContent()
    expect(await set(noon(seeded))).toEqual({
      content: {
        activeVideo: { title: 'two' },
        activeVideoReason: 'ROTATION',
        rotation: {
          rotationType: 'TIME_OF_DAY',
          timeOfDay: '12:00:00',
          dayOfWeek: null,
          dayOfMonth: null,
          cronExpression: null,
          timeZone: 'UTC',
          videoSequence: [{ title: 'two' }, { title: 'three' }, { title: 'one' }],
          currentIndex: 0,
          isActive: true,
          lastRotationAt: null,
          nextRotationAt: nextUtc(12),
          priority: 0,
          version: 1,
        },
      },
      userErrors: [],
    })
    expect(await content.eventsOf('content.active-video', seeded.id)).toEqual([
      { reason: 'SCHEDULE_CHANGED', videoId: seeded.second, previousVideoId: seeded.first },
    ])
  })

  test('as it is changes nothing; otherwise it begins again, as a new version', async () => {
    const seeded = await seedContent()
    await set(noon(seeded))
    expect(await set(noon(seeded))).toMatchObject({ content: { rotation: { version: 1 } } })
    const { sequence } = seeded
    const weekly = {
      contentId: seeded.contentId,
      rotationType: 'DAY_OF_WEEK',
      dayOfWeek: 'SUNDAY',
      timeOfDay: '08:30:15',
      videoSequence: sequence,
    }
    expect(await set({ ...weekly, expectedVersion: 1 })).toMatchObject({
      content: {
        activeVideo: { title: 'one' },
        rotation: {
          rotationType: 'DAY_OF_WEEK',
          dayOfWeek: 'SUNDAY',
          timeOfDay: '08:30:15',
          timeZone: null,
          version: 2,
        },
      },
    })
    const stale = await set({ ...weekly, dayOfWeek: 'MONDAY', expectedVersion: 1 })
    expect(errorsOf(stale)).toEqual(['CONFLICT expectedVersion'])
    const [row] = await content.seed.sql<{ id: number }[]>`
      select id from content.rotation_schedules where content_id = ${seeded.id}`
    const audit = await content.auditOf('RotationSchedule', row?.id ?? 0)
    expect(audit.map(({ action }) => action)).toEqual(['rotation.set', 'rotation.set'])
    expect(audit[1]?.changes).toEqual({
      rotationType: 'DAY_OF_WEEK',
      timeOfDay: '08:30:15',
      dayOfWeek: 7,
      timeZone: null,
      videoSequence: [seeded.first, seeded.second, seeded.third],
    })
  })

  test('paused leaves the default video, and resumed begins with the first of the sequence', async () => {
    const seeded = await seedContent()
    await set(noon(seeded))
    expect(await set({ ...noon(seeded), isActive: false })).toMatchObject({
      content: {
        activeVideo: { title: 'one' },
        activeVideoReason: 'DEFAULT',
        rotation: { isActive: false, nextRotationAt: null },
      },
    })
    expect(await set(noon(seeded))).toMatchObject({
      content: { activeVideo: { title: 'two' }, rotation: { isActive: true, currentIndex: 0, version: 3 } },
    })
  })

  test('leaves a takeover until the next boundary', async () => {
    const seeded = await seedContent()
    await content.mutate(acme.editor, 'activateVideo', 'video { id }', { id: video(seeded.third) })
    expect(await set(noon(seeded))).toMatchObject({
      content: { activeVideo: { title: 'three' }, activeVideoReason: 'MANUAL' },
    })
    const [row] = await content.seed.sql<{ next: Date }[]>`
      select next_change_at as next from content.ar_contents where id = ${seeded.id}`
    expect(row?.next.toISOString()).toBe(nextUtc(12))
  })

  test.each<[string, Json, string[]]>([
    ['no video', { videoSequence: [] }, ['INVALID videoSequence']],
    ['no time', { timeOfDay: null }, ['INVALID timeOfDay']],
    ['a day that the type has none of', { dayOfMonth: 3 }, ['INVALID dayOfMonth']],
    ['day 0', { rotationType: 'DAY_OF_MONTH', dayOfMonth: 0 }, ['INVALID dayOfMonth']],
    ['day 32', { rotationType: 'DAY_OF_MONTH', dayOfMonth: 32 }, ['INVALID dayOfMonth']],
    ...['', '* *', '0 0 31 2 *', '0 0 * * * *', '@reboot'].map((cronExpression): [string, Json, string[]] => [
      `the cron expression "${cronExpression}"`,
      { rotationType: 'CRON', timeOfDay: null, cronExpression },
      ['INVALID cronExpression'],
    ]),
    [
      'day parts without hours',
      { rotationType: 'DAY_PARTS', timeOfDay: null, videoSequence: [] },
      ['INVALID dayParts'],
    ],
  ])('refuses %s', async (_what, wrong, errors) => {
    const seeded = await seedContent()
    const payload = await set({ ...noon(seeded), ...wrong })
    expect(errorsOf(payload)).toEqual(errors)
    expect(payload['content']).toBeNull()
  })

  test('refuses over 100 videos, and videos of others, each by its place', async () => {
    const [seeded, other] = [await seedContent(), await seedContent()]
    const many = Array.from({ length: 101 }, () => video(seeded.first))
    expect(errorsOf(await set({ ...noon(seeded), videoSequence: many }))).toEqual([
      'LIMIT_REACHED videoSequence',
    ])
    const foreign = [video(seeded.first), video(other.first), 'nonsense', seeded.contentId]
    expect(errorsOf(await set({ ...noon(seeded), videoSequence: foreign }))).toEqual([
      'NOT_FOUND videoSequence.1',
      'NOT_FOUND videoSequence.2',
      'NOT_FOUND videoSequence.3',
    ])
  })

  test('refuses an unknown time zone by its name', async () => {
    const seeded = await seedContent()
    const query =
      'mutation ($input: SetRotationInput!) { setRotation(input: $input) { userErrors { code } } }'
    const input = { ...noon(seeded), timeZone: 'Mars/Olympus' }
    const { errors } = await content.execute(acme.editor, query, { input })
    expect(errors?.[0]?.message).toMatch(/input\.timeZone.*must be an IANA time zone/s)
  })

  test('takes the role EDITOR, and a content of one’s own company', async () => {
    const seeded = await seedContent()
    expect(await set(noon(seeded), acme.viewer)).toMatchObject({ userErrors: [{ code: 'FORBIDDEN' }] })
    const stranger = member((await content.seed.user()).id)
    expect(errorsOf(await set(noon(seeded), stranger))).toEqual(['NOT_FOUND contentId'])
    expect(errorsOf(await clear(toGlobalId('ArContent', 999_999)))).toEqual(['NOT_FOUND contentId'])
  })
})

test('clearing a rotation brings the default video back, and clearing none is fine', async () => {
  const seeded = await seedContent()
  await set(noon(seeded))
  const cleared = {
    content: { activeVideo: { title: 'one' }, activeVideoReason: 'DEFAULT', rotation: null },
    userErrors: [],
  }
  expect(await clear(seeded.contentId)).toEqual(cleared)
  expect(await clear(seeded.contentId)).toEqual(cleared)
  expect(await content.eventsOf('content.active-video', seeded.id)).toHaveLength(2)
})

describe('a rule', () => {
  const allWeek = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY']

  test('of day parts goes before the rotation in its hours, around the clock if it says so', async () => {
    const seeded = await seedContent()
    await set(noon(seeded))
    const always = { weekdays: allWeek, from: '06:00', to: '06:00', videoIds: [video(seeded.third)] }
    const added = await addRule({
      contentId: seeded.contentId,
      rotationType: 'DAY_PARTS',
      dayParts: [always],
    })
    expect(added).toMatchObject({
      rule: {
        priority: 1,
        rotationType: 'DAY_PARTS',
        timeOfDay: null,
        videoSequence: [],
        dayParts: [{ weekdays: allWeek, from: '06:00:00', to: '06:00:00', videos: [{ title: 'three' }] }],
      },
      content: { activeVideo: { title: 'three' }, activeVideoReason: 'ROTATION' },
      userErrors: [],
    })
    const id = asText(asObject(added['rule'])['id'])
    const paused = await updateRule({ id, isActive: false, expectedVersion: 1 })
    expect(paused).toMatchObject({
      rule: { isActive: false, version: 2 },
      content: { activeVideo: { title: 'two' } },
    })
    const removed = await content.mutate(acme.editor, 'removeRotationRule', 'removedRuleId', { id })
    expect(removed).toEqual({ removedRuleId: id, userErrors: [] })
    const query = 'query ($id: ID!) { arContent(id: $id) { rotation { priority } rotationRules { id } } }'
    expect(await content.data(acme.viewer, query, { id: seeded.contentId })).toEqual({
      arContent: { rotation: { priority: 0 }, rotationRules: [] },
    })
  })

  test('with dates is changed field by field, and its type with what that takes', async () => {
    const seeded = await seedContent()
    const added = await addRule({
      contentId: seeded.contentId,
      priority: 7,
      rotationType: 'TIME_OF_DAY',
      timeOfDay: '10:00',
      videoSequence: seeded.sequence,
      startsOn: '2120-12-24',
      endsOn: '2120-12-26',
      exceptedDates: ['2120-12-25'],
    })
    expect(added).toMatchObject({
      rule: {
        priority: 7,
        startsOn: '2120-12-24',
        endsOn: '2120-12-26',
        exceptedDates: ['2120-12-25'],
      },
      content: { activeVideo: { title: 'one' }, activeVideoReason: 'DEFAULT' },
    })
    const id = asText(asObject(added['rule'])['id'])
    expect(errorsOf(await updateRule({ id, endsOn: '2120-12-23' }))).toEqual(['INVALID endsOn'])
    expect(errorsOf(await updateRule({ id, rotationType: 'CRON' }))).toEqual([
      'INVALID timeOfDay',
      'INVALID cronExpression',
    ])
    expect(errorsOf(await updateRule({ id, priority: null, isActive: null }))).toEqual([
      'INVALID priority',
      'INVALID isActive',
    ])
    expect(errorsOf(await updateRule({ id, priority: 0 }))).toEqual(['INVALID priority'])
    expect(
      await updateRule({
        id,
        startsOn: null,
        endsOn: null,
        exceptedDates: null,
        videoSequence: [video(seeded.third)],
      }),
    ).toMatchObject({
      rule: { timeOfDay: '10:00:00', startsOn: null, endsOn: null, exceptedDates: [], version: 2 },
      content: { activeVideo: { title: 'three' }, activeVideoReason: 'ROTATION' },
    })
    expect(errorsOf(await updateRule({ id, priority: 8, expectedVersion: 1 }))).toEqual([
      'CONFLICT expectedVersion',
    ])
  })

  test('is not the rotation, and not another tenant’s', async () => {
    const seeded = await seedContent()
    await set(noon(seeded))
    const [row] = await content.seed.sql<{ id: number }[]>`
      select id from content.rotation_schedules where content_id = ${seeded.id}`
    const ids = [toGlobalId('RotationSchedule', row?.id ?? 0), seeded.contentId, 'nonsense']
    for (const id of ids) expect(errorsOf(await updateRule({ id, priority: 2 }))).toEqual(['NOT_FOUND id'])
    const added = await addRule({ ...noon(seeded), priority: 3 })
    const id = asText(asObject(added['rule'])['id'])
    const stranger = (await seedCompany(content.seed)).editor
    const removed = await content.mutate(stranger, 'removeRotationRule', 'removedRuleId', { id })
    expect(errorsOf(removed)).toEqual(['NOT_FOUND id'])
  })
})

describe('what people are told', () => {
  test('explains the winner, by its schedule, and every other video', async () => {
    const seeded = await seedContent()
    await set(noon(seeded))
    await content.seed.sql`update content.videos set schedule_start = '2120-01-01' where id = ${seeded.third}`
    const query = `query ($id: ID!, $at: DateTime) { arContent(id: $id) { explainActiveVideo(at: $at) {
      at winner { title } rule schedule { priority } validUntil candidates { video { title } eligible reason } } } }`
    const at = '2119-06-01T11:00:00.000Z'
    const answer = asObject(
      (await content.data(acme.viewer, query, { id: seeded.contentId, at }))['arContent'],
    )
    const explained = asObject(answer['explainActiveVideo'])
    expect(explained).toMatchObject({
      at,
      rule: 'ROTATION',
      schedule: { priority: 0 },
      validUntil: '2119-06-01T12:00:00.000Z',
    })
    const reasons = JSON.parse(JSON.stringify(explained['candidates'])) as {
      video: { title: string }
      reason: string
    }[]
    const winner = asText(asObject(explained['winner'])['title'])
    expect(
      reasons.map(({ video: { title }, reason }) => `${title === winner ? 'winner' : title} ${reason}`),
    ).toEqual(expect.arrayContaining(['winner WINS', 'three OUTSIDE_WINDOW']))
    expect(reasons).toHaveLength(3)
  })

  test('foretells the saved rotation, or a draft of another with what may surprise', async () => {
    const seeded = await seedContent()
    await set(noon(seeded))
    const query = `query ($id: ID!, $from: DateTime!, $to: DateTime!, $draft: RotationDraftInput) {
      arContent(id: $id) { rotationTimeline(from: $from, to: $to, draft: $draft) {
        entries { from to video { title } rule schedule { priority } } warnings { code at schedule { id } } } } }`
    const foretell = async (variables: Json) => {
      const answer = await content.data(acme.viewer, query, { id: seeded.contentId, ...variables })
      return asObject(asObject(answer['arContent'])['rotationTimeline'])
    }
    const today = new Date(nextUtc(12)).getTime() - 86_400_000
    const iso = (hours: number) => new Date(today + hours * 3_600_000).toISOString()
    const saved = await foretell({ from: iso(24), to: iso(72) })
    expect(saved).toEqual({
      entries: [
        {
          from: iso(24),
          to: iso(48),
          video: { title: 'three' },
          rule: 'ROTATION',
          schedule: { priority: 0 },
        },
        { from: iso(48), to: iso(72), video: { title: 'one' }, rule: 'ROTATION', schedule: { priority: 0 } },
      ],
      warnings: [],
    })
    const draft = {
      rotationType: 'TIME_OF_DAY',
      timeOfDay: '02:30',
      timeZone: 'Europe/Berlin',
      videoSequence: seeded.sequence,
    }
    const drafted = await foretell({ from: '2026-03-28T12:00:00Z', to: '2026-03-29T12:00:00Z', draft })
    expect(drafted).toMatchObject({
      entries: [
        { video: { title: 'one' }, rule: 'ROTATION', schedule: null },
        { from: '2026-03-29T01:00:00.000Z', video: { title: 'two' } },
      ],
      warnings: [{ code: 'DST_GAP', at: '2026-03-29T01:00:00.000Z', schedule: null }],
    })
  })

  test('warns of what never decides, a draft too, and of a rule whose last video was removed', async () => {
    const seeded = await seedContent()
    const added = await addRule({ ...noon(seeded), priority: 2, videoSequence: [video(seeded.third)] })
    const ruleId = asObject(added['rule'])['id']
    const query = `query ($id: ID!, $from: DateTime!, $to: DateTime!, $draft: RotationDraftInput) {
      arContent(id: $id) { rotationTimeline(from: $from, to: $to, draft: $draft) {
        entries { ofDraft schedule { id } } warnings { code ofDraft scheduleId schedule { id } } } } }`
    const { contentId: _contentId, ...terms } = noon(seeded)
    const draft = { ...terms, videoSequence: [video(seeded.first)] }
    const foretell = async () => {
      const variables = { id: seeded.contentId, from: nextUtc(1), to: nextUtc(2), draft }
      const answer = await content.data(acme.viewer, query, variables)
      return asObject(asObject(answer['arContent'])['rotationTimeline'])
    }
    const rule = { scheduleId: ruleId, schedule: { id: ruleId } }
    const ofDraft = { ofDraft: true, scheduleId: null, schedule: null }
    expect(await foretell()).toEqual({
      entries: [{ ofDraft: false, schedule: { id: ruleId } }],
      warnings: [{ code: 'NEVER_WINS', ...ofDraft }],
    })
    await content.mutate(acme.editor, 'removeVideo', '', { id: video(seeded.third) })
    expect(await foretell()).toEqual({
      entries: [{ ofDraft: true, schedule: null }],
      warnings: [{ code: 'NOTHING_TO_PLAY', ofDraft: false, ...rule }],
    })
  })

  test.each([
    ['a span that ends before it starts', { from: '2026-02-01T00:00:00Z', to: '2026-01-01T00:00:00Z' }, 'to'],
    ['over 400 days', { from: '2026-01-01T00:00:00Z', to: '2028-01-01T00:00:00Z' }, 'to'],
    [
      'a draft that could not be saved',
      {
        from: '2026-01-01T00:00:00Z',
        to: '2026-01-02T00:00:00Z',
        draft: { rotationType: 'CRON', cronExpression: '@reboot', videoSequence: ['nonsense'] },
      },
      'draft.cronExpression',
    ],
  ])('refuses a timeline of %s', async (_what, variables, field) => {
    const seeded = await seedContent()
    const query = `query ($id: ID!, $from: DateTime!, $to: DateTime!, $draft: RotationDraftInput) {
      arContent(id: $id) { rotationTimeline(from: $from, to: $to, draft: $draft) { entries { from } } } }`
    const { errors } = await content.execute(acme.viewer, query, { id: seeded.contentId, ...variables })
    expect(errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT', field })
  })

  test('what played is kept: from when, by which rule and schedule, and by whom', async () => {
    const seeded = await seedContent()
    await set(noon(seeded))
    await content.mutate(acme.owner, 'activateVideo', 'video { id }', { id: video(seeded.third) })
    await clear(seeded.contentId)
    const query = `query ($id: ID!, $after: String) { arContent(id: $id) {
      activationHistory(first: 1, after: $after) { totalCount pageInfo { hasNextPage endCursor }
        edges { node { since until video { title } rule schedule { id } activatedBy { id } } } } } }`
    const page = async (after: unknown) => {
      const answer = await content.data(acme.viewer, query, { id: seeded.contentId, after })
      return asObject(asObject(answer['arContent'])['activationHistory'])
    }
    const latest = await page(null)
    expect(latest).toMatchObject({ totalCount: 2, pageInfo: { hasNextPage: true } })
    const [{ node: taken }] = JSON.parse(JSON.stringify(latest['edges']))
    const before = await page(asObject(latest['pageInfo'])['endCursor'])
    const [{ node: turned }] = JSON.parse(JSON.stringify(before['edges']))
    expect(taken).toMatchObject({ until: null, video: { title: 'three' }, rule: 'MANUAL', schedule: null })
    expect(fromGlobalId('User', taken.activatedBy.id)).toBe(userOf(acme.owner))
    // The schedule was removed since.
    expect(turned).toMatchObject({
      until: taken.since,
      video: { title: 'two' },
      rule: 'ROTATION',
      schedule: null,
    })
    expect(fromGlobalId('User', turned.activatedBy.id)).toBe(userOf(acme.editor))
    await expect(
      content.deps.database.write(
        { scope: 'companies', companyIds: [acme.id], actor: { kind: 'nobody' } },
        (tx) => tx.sql`update content.video_activations set rule = 'DEFAULT'`,
      ),
    ).rejects.toThrow(/permission denied/)
  })
})

function userOf({ principal }: SeededTenant['owner']): number | null {
  return principal.kind === 'user' ? principal.userId : null
}

import { fromGlobalId, toGlobalId } from '@arv/relay'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  anonymous,
  asObject,
  asText,
  member,
  startTenancy,
  type TenancyUnderTest,
} from './tenancy-under-test.ts'

let tenancy: TenancyUnderTest
let companyId: number
let userId: number

beforeAll(async () => {
  tenancy = await startTenancy()
})

afterAll(() => tenancy.stop())

beforeEach(async () => {
  companyId = (await tenancy.seed.company({ name: `Acme ${Math.random()}` })).id
  userId = (await tenancy.seed.user()).id
  await tenancy.seed.membership(companyId, userId, 'EDITOR')
})

const DAY_MS = 86_400_000
const inDays = (days: number) => new Date(Date.now() + days * DAY_MS)
const editor = () => member(userId, [companyId, 'EDITOR'])
const FIELDS = `project {
  name slug description projectType subscriptionType folderPath startsAt expiresAt autoRenew status
  notifyBeforeExpiryDays tags metadata version
}`

const change = (mutation: string, id: number, input: Record<string, unknown> = {}, caller = editor()) =>
  tenancy.mutate(caller, mutation, FIELDS, { id: toGlobalId('Project', id), ...input })
const projectOf = (payload: Record<string, unknown>) => asObject(payload['project'])
const refusal = (code: string, field: string[] | null, message = expect.any(String)) => ({
  project: null,
  userErrors: [{ code, field, message }],
})
const auditOf = async (id: number) => [
  ...(await tenancy.seed.sql`
    select actor, action, changes, entity_version from log.audit_entries
    where entity_type = 'Project' and entity_id = ${id} order by id`),
]
const eventsOf = async (id: number) => [
  ...(await tenancy.seed.sql`
    select type, company_id from log.events where subject_type = 'project' and subject_id = ${id} order by id`),
]
const VALIDITY = () => ({ type: 'project.validity', company_id: companyId })

describe('updating a project', () => {
  test('changes what is given, clears what is null, and leaves the rest', async () => {
    const id = await tenancy.seed.project(companyId, {
      description: 'Old',
      project_type: 'Album',
      tags: ['a'],
    })
    const given = {
      name: 'Spring',
      subscriptionType: 'YEARLY',
      startsAt: '2089-01-01T00:00:00.000Z',
      expiresAt: '2090-01-01T00:00:00.000Z',
      autoRenew: true,
      notifyBeforeExpiryDays: 0,
      tags: ['b', 'c'],
      metadata: { crm: [17] },
    }
    const { project, userErrors } = await change('updateProject', id, { ...given, description: null })
    expect(userErrors).toEqual([])
    expect(project).toMatchObject({
      ...given,
      description: null,
      projectType: 'Album',
      status: 'SCHEDULED',
      version: 2,
    })
    expect(await auditOf(id)).toEqual([
      {
        actor: `user:${userId}`,
        action: 'project.update',
        changes: { ...given, description: null },
        entity_version: 2,
      },
    ])
  })

  test('of another name keeps slug and folder, and of another slug the folder', async () => {
    const id = await tenancy.seed.project(companyId, { slug: 'spring', folder_path: 'projects/1-spring' })
    expect(await change('updateProject', id, { name: 'Summer' })).toMatchObject({
      project: { name: 'Summer', slug: 'spring' },
    })
    expect(await change('updateProject', id, { slug: 'summer' })).toMatchObject({
      project: { slug: 'summer', folderPath: 'projects/1-spring' },
    })
  })

  test('tells open viewers when its contents are to be seen for longer or shorter, and only then', async () => {
    const id = await tenancy.seed.project(companyId)
    await change('updateProject', id, { name: 'Summer', tags: ['x'] })
    expect(await eventsOf(id)).toEqual([])
    await change('updateProject', id, { expiresAt: inDays(5).toISOString() })
    await change('updateProject', id, { startsAt: inDays(1).toISOString() })
    expect(await eventsOf(id)).toEqual([VALIDITY(), VALIDITY()])
  })

  test('refuses a slug that another project of the company has', async () => {
    await tenancy.seed.project(companyId, { slug: 'spring' })
    const id = await tenancy.seed.project(companyId)
    expect(await change('updateProject', id, { slug: 'spring' })).toEqual(
      refusal('CONFLICT', ['slug'], 'Another project of the company has this slug.'),
    )
  })

  test('from an older version is refused, and says what has changed', async () => {
    const id = await tenancy.seed.project(companyId)
    await change('updateProject', id, { name: 'Summer', expectedVersion: 1 })
    expect(await change('updateProject', id, { name: 'Winter', expectedVersion: 1 })).toEqual(
      refusal(
        'CONFLICT',
        ['expectedVersion'],
        'Somebody has changed this since (name): it is at version 2. Read it again, and decide anew.',
      ),
    )
  })

  test('of one that has ended is no trouble, as long as the end is left alone or put off', async () => {
    const expiresAt = inDays(-3)
    const id = await tenancy.seed.project(companyId, { expires_at: expiresAt })
    expect(
      (await change('updateProject', id, { name: 'Over', expiresAt: expiresAt.toISOString() }))['project'],
    ).toMatchObject({ name: 'Over', status: 'EXPIRED' })
    expect(await change('updateProject', id, { expiresAt: inDays(-2).toISOString() })).toEqual(
      refusal('INVALID', ['expiresAt']),
    )
    expect(projectOf(await change('updateProject', id, { expiresAt: null }))['status']).toBe('ACTIVE')
  })

  test('to a lifetime takes away its end and its renewal', async () => {
    const id = await tenancy.seed.project(companyId, { expires_at: inDays(9), auto_renew: true })
    expect((await change('updateProject', id, { subscriptionType: 'LIFETIME' }))['project']).toMatchObject({
      subscriptionType: 'LIFETIME',
      expiresAt: null,
      autoRenew: false,
    })
    expect(await change('updateProject', id, { expiresAt: inDays(9).toISOString() })).toEqual(
      refusal('INVALID', ['expiresAt']),
    )
  })

  test.each([
    [{ name: null }, 'name'],
    [{ name: ' ' }, 'name'],
    [{ slug: '../etc' }, 'slug'],
    [{ tags: null }, 'tags'],
    [{ tags: ['a'.repeat(51)] }, 'tags'],
    [{ notifyBeforeExpiryDays: 366 }, 'notifyBeforeExpiryDays'],
    [{ autoRenew: null }, 'autoRenew'],
    [{ subscriptionType: 'CUSTOM', autoRenew: true }, 'autoRenew'],
    [{ startsAt: '2090-01-02T00:00:00Z', expiresAt: '2090-01-01T00:00:00Z' }, 'expiresAt'],
    [{ description: 'a'.repeat(5001) }, 'description'],
  ])('refuses %j', async (input, field) => {
    const id = await tenancy.seed.project(companyId)
    expect(await change('updateProject', id, input)).toEqual(refusal('INVALID', [field]))
    expect(await auditOf(id)).toEqual([])
  })
})

describe('extending a project', () => {
  const expiryAfter = async (columns: Record<string, Date | null>, days: number) => {
    const id = await tenancy.seed.project(companyId, columns)
    const project = projectOf(await change('extendProject', id, { days }))
    return { id, status: project['status'], expiresAt: Date.parse(asText(project['expiresAt'])) }
  }

  test('puts off its end', async () => {
    const end = inDays(3)
    const { id, status, expiresAt } = await expiryAfter({ expires_at: end }, 30)
    expect(expiresAt).toBe(end.getTime() + 30 * DAY_MS)
    expect(status).toBe('ACTIVE')
    expect(await auditOf(id)).toMatchObject([
      {
        action: 'project.extend',
        changes: { expiresAt: new Date(expiresAt).toISOString() },
        entity_version: 2,
      },
    ])
    expect(await eventsOf(id)).toEqual([VALIDITY()])
  })

  test('that has ended lets it go on from now', async () => {
    const before = Date.now()
    const { status, expiresAt } = await expiryAfter({ expires_at: inDays(-100) }, 1)
    expect(status).toBe('EXPIRING')
    expect(expiresAt).toBeGreaterThanOrEqual(before + DAY_MS)
    expect(expiresAt).toBeLessThan(before + DAY_MS + 10_000)
  })

  test('twice from the same version extends it once', async () => {
    const end = inDays(3)
    const id = await tenancy.seed.project(companyId, { expires_at: end })
    const answers = await Promise.all(
      [1, 2].map(() => change('extendProject', id, { days: 10, expectedVersion: 1 })),
    )
    expect(answers.filter(({ project }) => project !== null)).toHaveLength(1)
    const [row] = await tenancy.seed.sql`select expires_at from tenancy.projects where id = ${id}`
    expect(row).toEqual({ expires_at: new Date(end.getTime() + 10 * DAY_MS) })
  })

  test.each([0, -1, 3651])('by %d days is refused', async (days) => {
    const id = await tenancy.seed.project(companyId, { expires_at: inDays(3) })
    expect(await change('extendProject', id, { days })).toEqual(
      refusal('INVALID', ['days'], 'Give a whole number from 1 to 3650.'),
    )
  })

  test('is refused to what has no end, lies in the archive, or would outlive the calendar', async () => {
    const endless = await tenancy.seed.project(companyId)
    expect(await change('extendProject', endless, { days: 1 })).toEqual(refusal('CONFLICT', ['id']))
    const archived = await tenancy.seed.project(companyId, { expires_at: inDays(3), archived_at: inDays(-1) })
    expect(await change('extendProject', archived, { days: 1 })).toEqual(refusal('CONFLICT', ['id']))
    const far = await tenancy.seed.project(companyId, { expires_at: '9999-12-30T00:00:00Z' })
    expect(await change('extendProject', far, { days: 3 })).toEqual(refusal('INVALID', ['days']))
  })
})

describe('the archive', () => {
  test('takes a project, once, and gives it back', async () => {
    const id = await tenancy.seed.project(companyId)
    expect(await change('archiveProject', id)).toMatchObject({ project: { status: 'ARCHIVED', version: 2 } })
    expect(await change('archiveProject', id)).toMatchObject({ project: { status: 'ARCHIVED', version: 2 } })
    expect(await change('restoreProject', id)).toMatchObject({ project: { status: 'ACTIVE', version: 3 } })
    expect(await change('restoreProject', id)).toMatchObject({ project: { status: 'ACTIVE', version: 3 } })
    expect(await auditOf(id)).toMatchObject([{ action: 'project.archive' }, { action: 'project.restore' }])
    expect(await eventsOf(id)).toEqual([VALIDITY(), VALIDITY()])
  })

  test('gives nothing back over the company’s limit', async () => {
    const id = await tenancy.seed.project(companyId, { archived_at: inDays(-1) })
    await tenancy.seed.project(companyId)
    await tenancy.seed.sql`update tenancy.companies set projects_limit = 1 where id = ${companyId}`
    expect(await change('restoreProject', id)).toEqual(
      refusal('LIMIT_REACHED', null, 'The company may have 1 projects, and has them.'),
    )
  })
})

describe('deleting a project', () => {
  const remove = (id: number) =>
    tenancy.mutate(editor(), 'deleteProject', 'deletedProjectId', { id: toGlobalId('Project', id) })

  test('that is empty leaves what was told about it', async () => {
    const id = await tenancy.seed.project(companyId, { name: 'Spring', slug: 'spring' })
    await tenancy.seed.sql`
      insert into tenancy.notifications (company_id, project_id, notification_type, subject, message)
      values (${companyId}, ${id}, 'PROJECT_EXPIRED', 'Spring has ended', '')`
    expect(await remove(id)).toEqual({ deletedProjectId: toGlobalId('Project', id), userErrors: [] })
    expect([
      ...(await tenancy.seed
        .sql`select project_id, subject from tenancy.notifications where company_id = ${companyId}`),
    ]).toEqual([{ project_id: null, subject: 'Spring has ended' }])
    expect(await auditOf(id)).toMatchObject([
      { action: 'project.delete', changes: { name: 'Spring', slug: 'spring' } },
    ])
    expect(await remove(id)).toMatchObject({ deletedProjectId: null, userErrors: [{ code: 'NOT_FOUND' }] })
  })

  test('that holds contents or files is refused', async () => {
    const withContent = await tenancy.seed.project(companyId)
    const image = await tenancy.seed.asset(companyId)
    await tenancy.seed.content(companyId, withContent, image.id)
    const withFile = await tenancy.seed.project(companyId)
    await tenancy.seed.asset(companyId, { project_id: withFile })
    const conflict = (message: string) => ({
      deletedProjectId: null,
      userErrors: [{ code: 'CONFLICT', field: ['id'], message }],
    })
    expect(await remove(withContent)).toEqual(
      conflict(
        'Contents belong to this project: delete them first, or archive the project. Those that were deleted count, too, until they can’t be restored any more; an owner can delete them permanently before.',
      ),
    )
    expect(await remove(withFile)).toEqual(
      conflict(
        'Files belong to this project: its `assets` lists them. Delete each with deleteAsset first, which says what uses one that must stay; or archive the project.',
      ),
    )
  })
})

describe.each(['updateProject', 'extendProject', 'archiveProject', 'restoreProject'])('%s', (mutation) => {
  const input = mutation === 'extendProject' ? { days: 1 } : {}

  test('takes an editor', async () => {
    const id = await tenancy.seed.project(companyId, { expires_at: inDays(1) })
    const viewer = await tenancy.seed.user()
    await tenancy.seed.membership(companyId, viewer.id, 'VIEWER')
    expect(await change(mutation, id, input, member(viewer.id, [companyId, 'VIEWER']))).toEqual(
      refusal('FORBIDDEN', null, 'This takes the role EDITOR in the company; yours is VIEWER.'),
    )
    await expect(change(mutation, id, input, anonymous)).rejects.toThrow('UNAUTHENTICATED')
  })

  test('answers another company’s project, none and garbage alike', async () => {
    const foreign = await tenancy.seed.project((await tenancy.seed.company()).id)
    for (const id of [toGlobalId('Project', foreign), toGlobalId('Project', 999_999), 'garbage']) {
      expect(await tenancy.mutate(editor(), mutation, FIELDS, { id, ...input })).toEqual(
        refusal('NOT_FOUND', ['id'], 'There is no such project.'),
      )
    }
  })
})

describe('projects that renew themselves', () => {
  const renewing = (columns: Parameters<TenancyUnderTest['seed']['project']>[1] = {}) =>
    tenancy.seed.project(companyId, { auto_renew: true, ...columns })
  const run = () => tenancy.runJob('projects.renew', {})
  const endOf = async (id: number) => {
    const [row] = await tenancy.seed.sql<{ expires_at: Date | null }[]>`
      select expires_at from tenancy.projects where id = ${id}`
    return row?.expires_at ?? null
  }
  const monthLater = (date: Date, months = 1) => {
    const later = new Date(date)
    later.setUTCMonth(later.getUTCMonth() + months)
    // From a 31st to a shorter month.
    if (later.getUTCDate() !== date.getUTCDate()) later.setUTCDate(0)
    return later
  }

  test('are extended a while before they end, once, in the job’s name', async () => {
    const soon = new Date(Date.now() + 30 * 60_000)
    const id = await renewing({ expires_at: soon })
    await Promise.all([run(), run(), run()])
    const renewed = monthLater(soon)
    expect(await endOf(id)).toEqual(renewed)
    expect(await auditOf(id)).toEqual([
      {
        actor: 'job:projects.renew',
        action: 'project.renew',
        changes: { expiresAt: renewed.toISOString(), periods: 1 },
        entity_version: 2,
      },
    ])
    expect(await eventsOf(id)).toEqual([VALIDITY()])
  })

  test('catch up after a time in which nobody renewed them', async () => {
    const end = inDays(-100)
    const id = await renewing({ expires_at: end })
    await run()
    const renewed = await endOf(id)
    expect(renewed?.getTime()).toBeGreaterThan(Date.now())
    const [entry] = await auditOf(id)
    expect(renewed).toEqual(monthLater(end, Number(asObject(entry?.['changes'])['periods'])))
  })

  test('count from the end that a person set, also after they set another', async () => {
    const anchor = new Date('2026-01-31T10:00:00Z')
    const id = await renewing({ expires_at: '2026-02-28T10:00:00Z', renewal_anchor_at: anchor })
    await run()
    expect((await endOf(id))?.getUTCDate()).toBeGreaterThan(28)
    await change('extendProject', id, { days: 1 })
    const [row] = await tenancy.seed.sql`select renewal_anchor_at from tenancy.projects where id = ${id}`
    expect(row).toEqual({ renewal_anchor_at: null })
  })

  test('are not those that have time, are archived or not meant to be, nor those of a company out of use', async () => {
    const end = inDays(-1)
    const ids = [
      await renewing({ expires_at: inDays(1) }),
      await renewing({ expires_at: end, archived_at: inDays(-2) }),
      await renewing({ expires_at: end, auto_renew: false }),
      await renewing({ expires_at: end, subscription_type: 'CUSTOM' }),
      await renewing({}),
    ]
    const idle = await tenancy.seed.company({ is_active: false })
    const unpaid = await tenancy.seed.company({ subscription_expires_at: inDays(-8) })
    for (const { id } of [idle, unpaid]) {
      ids.push(await tenancy.seed.project(id, { auto_renew: true, expires_at: end }))
    }
    const before = await Promise.all(ids.map(endOf))
    await run()
    expect(await Promise.all(ids.map(endOf))).toEqual(before)
    const inGrace = await tenancy.seed.company({ subscription_expires_at: inDays(-6) })
    const graced = await tenancy.seed.project(inGrace.id, { auto_renew: true, expires_at: end })
    await run()
    expect((await endOf(graced))?.getTime()).toBeGreaterThan(Date.now())
  })
})

test('fifty at once at a limit of ten leave exactly ten', async () => {
  await tenancy.seed.sql`update tenancy.companies set projects_limit = 10 where id = ${companyId}`
  const input = { companyId: toGlobalId('Company', companyId), name: 'Spring' }
  const answers = await Promise.all(
    Array.from({ length: 50 }, () => tenancy.mutate(editor(), 'createProject', 'project { id }', input)),
  )
  const made = answers.flatMap(({ project }) => (project === null ? [] : [asText(asObject(project)['id'])]))
  expect(new Set(made.map((id) => fromGlobalId('Project', id))).size).toBe(10)
  expect(answers.filter(({ project }) => project === null)).toEqual(
    Array.from({ length: 40 }, () => refusal('LIMIT_REACHED', null)),
  )
  const [row] = await tenancy.seed.sql`
    select count(*)::int as count from tenancy.projects where company_id = ${companyId}`
  expect(row).toEqual({ count: 10 })
})

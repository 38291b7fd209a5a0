import { fromGlobalId, toGlobalId } from '@arv/relay'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  anonymous,
  asObject,
  asPage,
  asText,
  type ListedPage,
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
  companyId = (await tenancy.seed.company({ name: `Acme ${Math.random()}`, projects_limit: 100 })).id
  userId = (await tenancy.seed.user()).id
  await tenancy.seed.membership(companyId, userId, 'EDITOR')
})

const editor = () => member(userId, [companyId, 'EDITOR'])
const DAY_MS = 86_400_000
const inDays = (days: number) => new Date(Date.now() + days * DAY_MS)

const FIELDS = `project {
  id name slug description projectType subscriptionType folderPath startsAt expiresAt autoRenew status
  notifyBeforeExpiryDays lastNotificationSentAt tags metadata version company { id }
}`
const create = (input: Record<string, unknown>, caller = editor()) =>
  tenancy.mutate(caller, 'createProject', FIELDS, {
    companyId: toGlobalId('Company', companyId),
    name: 'Spring',
    ...input,
  })
const refusal = (code: string, field: string[] | null, message = expect.any(String)) => ({
  project: null,
  userErrors: [{ code, field, message }],
})

describe('creating a project', () => {
  test('takes a name, and makes the rest', async () => {
    const { project, userErrors } = await create({ name: ' Frühling 2027 ' })
    const id = asText(asObject(project)['id'])
    expect(userErrors).toEqual([])
    expect(project).toEqual({
      id,
      name: 'Frühling 2027',
      slug: 'fruhling-2027',
      description: null,
      projectType: null,
      subscriptionType: 'MONTHLY',
      folderPath: `projects/${fromGlobalId('Project', id)}-fruhling-2027`,
      startsAt: null,
      expiresAt: null,
      autoRenew: false,
      status: 'ACTIVE',
      notifyBeforeExpiryDays: 7,
      lastNotificationSentAt: null,
      tags: [],
      metadata: {},
      version: 1,
      company: { id: toGlobalId('Company', companyId) },
    })
  })

  test('keeps everything that is given', async () => {
    const given = {
      name: 'Spring',
      slug: 'spring-27',
      description: 'Posters\nand postcards',
      projectType: 'Campaign',
      subscriptionType: 'YEARLY',
      startsAt: '2089-01-01T00:00:00.000Z',
      expiresAt: '2090-01-01T00:00:00.000Z',
      autoRenew: true,
      notifyBeforeExpiryDays: 0,
      metadata: { crm: [17] },
    }
    const { project } = await create({ ...given, tags: [' red', 'blue', 'red', '"q"', 'a,b', '{}', 'NULL'] })
    expect(project).toMatchObject({
      ...given,
      status: 'SCHEDULED',
      tags: ['red', 'blue', '"q"', 'a,b', '{}', 'NULL'],
    })
  })

  test('is written into the audit log', async () => {
    const { project } = await create({})
    const projectId = fromGlobalId('Project', asText(asObject(project)['id']))
    const entries = await tenancy.seed.sql`
      select actor, action, entity_type, entity_id, changes from log.audit_entries where company_id = ${companyId}`
    expect([...entries]).toEqual([
      {
        actor: `user:${userId}`,
        action: 'project.create',
        entity_type: 'Project',
        entity_id: projectId,
        changes: { name: 'Spring', slug: 'spring' },
      },
    ])
  })

  test('gives a derived slug a number when it is taken, also many at once', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => create({})))
    expect(answers.map(({ project }) => asText(asObject(project)['slug'])).toSorted()).toEqual([
      'spring',
      'spring-2',
      'spring-3',
      'spring-4',
      'spring-5',
    ])
  })

  test('refuses a given slug that another project of the company has, and no other company’s', async () => {
    await create({ slug: 'spring' })
    expect(await create({ name: 'Other', slug: 'spring' })).toEqual(
      refusal('CONFLICT', ['slug'], 'Another project of the company has this slug.'),
    )
    const other = await tenancy.seed.company()
    await tenancy.seed.project(other.id, { slug: 'summer' })
    expect((await create({ slug: 'summer' }))['userErrors']).toEqual([])
  })

  test.each([
    [{ name: '' }, 'name'],
    [{ name: 'a'.repeat(201) }, 'name'],
    [{ slug: '../etc' }, 'slug'],
    [{ description: 'a'.repeat(5001) }, 'description'],
    [{ projectType: 'a'.repeat(101) }, 'projectType'],
    [{ expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt'],
    [{ startsAt: '2090-01-02T00:00:00Z', expiresAt: '2090-01-01T00:00:00Z' }, 'expiresAt'],
    [{ notifyBeforeExpiryDays: 366 }, 'notifyBeforeExpiryDays'],
    [{ notifyBeforeExpiryDays: -1 }, 'notifyBeforeExpiryDays'],
    [{ tags: ['a'.repeat(51)] }, 'tags'],
    [{ tags: [' '] }, 'tags'],
    [{ tags: Array.from({ length: 51 }, (_, index) => `t${index}`) }, 'tags'],
  ])('refuses %j', async (input, field) => {
    expect(await create(input)).toEqual(refusal('INVALID', [field]))
  })

  test('stops at the company’s limit, also with thirty at once', async () => {
    await tenancy.seed.sql`update tenancy.companies set projects_limit = 3 where id = ${companyId}`
    const answers = await Promise.all(Array.from({ length: 30 }, () => create({})))
    expect(answers.filter(({ project }) => project !== null)).toHaveLength(3)
    expect(answers.filter(({ project }) => project === null)).toEqual(
      Array.from({ length: 27 }, () =>
        refusal('LIMIT_REACHED', null, 'The company may have 3 projects, and has them.'),
      ),
    )
  })

  test('goes on when a project was archived', async () => {
    await tenancy.seed.sql`update tenancy.companies set projects_limit = 1 where id = ${companyId}`
    await create({})
    expect(await create({})).toEqual(refusal('LIMIT_REACHED', null))
    await tenancy.seed.sql`update tenancy.projects set archived_at = now() where company_id = ${companyId}`
    expect((await create({}))['userErrors']).toEqual([])
  })

  test('answers another company’s id, none’s, another type’s and garbage alike', async () => {
    const foreign = await tenancy.seed.company()
    for (const id of [
      toGlobalId('Company', foreign.id),
      toGlobalId('Company', 999_999),
      toGlobalId('Project', companyId),
      'garbage',
    ]) {
      expect(await create({ companyId: id })).toEqual(
        refusal('NOT_FOUND', ['companyId'], 'There is no such company.'),
      )
    }
  })

  test('takes an editor', async () => {
    const viewer = await tenancy.seed.user()
    await tenancy.seed.membership(companyId, viewer.id, 'VIEWER')
    for (const role of ['VIEWER', 'EDITOR'] as const) {
      expect(await create({}, member(viewer.id, [companyId, role]))).toEqual(
        refusal('FORBIDDEN', null, 'This takes the role EDITOR in the company; yours is VIEWER.'),
      )
    }
    await expect(create({}, anonymous)).rejects.toThrow('UNAUTHENTICATED')
  })
})

describe('a project', () => {
  test('is seen by members of its company, and by nobody else', async () => {
    const foreign = await tenancy.seed.company()
    const mine = await tenancy.seed.project(companyId, { name: 'Mine' })
    const other = await tenancy.seed.project(foreign.id)
    const ask = (id: string, caller = editor()) =>
      tenancy.execute(caller, 'query ($id: ID!) { project(id: $id) { name } }', { id })
    expect(await ask(toGlobalId('Project', mine))).toEqual({ data: { project: { name: 'Mine' } } })
    for (const id of [
      toGlobalId('Project', other),
      toGlobalId('Project', 999_999),
      toGlobalId('Video', mine),
      '',
    ]) {
      expect(await ask(id)).toEqual({ data: { project: null } })
    }
    expect((await ask(toGlobalId('Project', mine), anonymous)).errors).toMatchObject([
      { extensions: { code: 'UNAUTHENTICATED' } },
    ])
  })
})

describe('the projects of a company', () => {
  const PAGE = `query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String, $filter: ProjectFilter, $orderBy: ProjectOrder) {
    company(id: $id) {
      projects(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $orderBy) {
        totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { node { name status } }
      }
    }
  }`

  type Listed = ListedPage & { names: string[]; statuses: string[] }

  async function list(variables: Record<string, unknown>): Promise<Listed> {
    const { data, errors } = await tenancy.execute(editor(), PAGE, {
      id: toGlobalId('Company', companyId),
      ...variables,
    })
    if (errors) throw new Error(JSON.stringify(errors))
    const page = asPage(asObject(data?.['company'])['projects'])
    return {
      ...page,
      names: page.nodes.map(({ name }) => asText(name)),
      statuses: page.nodes.map(({ status }) => asText(status)),
    }
  }

  async function walk(orderBy: Record<string, unknown>, direction: 'forwards' | 'backwards') {
    const names: string[] = []
    let cursor: string | null = null
    do {
      const args = direction === 'forwards' ? { first: 2, after: cursor } : { last: 2, before: cursor }
      const page: Listed = await list({ ...args, orderBy })
      if (direction === 'forwards') names.push(...page.names)
      else names.unshift(...page.names)
      cursor = direction === 'forwards' ? page.endCursor : page.startCursor
    } while (cursor !== null)
    return names
  }

  test('are paged both ways without a gap or a repetition, also when all were made at one instant', async () => {
    const names = ['a', 'b', 'c', 'd', 'e']
    for (const name of names) await tenancy.seed.project(companyId, { name })
    // As a literal: a parameter would lose its microseconds on the way.
    await tenancy.seed.sql`
      update tenancy.projects set created_at = '2026-11-22T12:00:00.999999Z' where company_id = ${companyId}`
    const ascending = { field: 'CREATED_AT', direction: 'ASC' }
    expect(await walk(ascending, 'forwards')).toEqual(names)
    expect(await walk(ascending, 'backwards')).toEqual(names)
    const descending = { field: 'CREATED_AT', direction: 'DESC' }
    expect(await walk(descending, 'forwards')).toEqual(names.toReversed())
    expect(await walk(descending, 'backwards')).toEqual(names.toReversed())
  })

  test('are paged by their end, those without one last, either way', async () => {
    const ends = {
      b: '2090-01-02T00:00:00Z',
      a: '2090-01-01T00:00:00Z',
      never1: null,
      never2: null,
      a2: '2090-01-01T00:00:00Z',
    }
    for (const [name, expires] of Object.entries(ends))
      await tenancy.seed.project(companyId, { name, expires_at: expires })
    const ascending = { field: 'EXPIRES_AT', direction: 'ASC' }
    expect(await walk(ascending, 'forwards')).toEqual(['a', 'a2', 'b', 'never1', 'never2'])
    expect(await walk(ascending, 'backwards')).toEqual(['a', 'a2', 'b', 'never1', 'never2'])
    const descending = { field: 'EXPIRES_AT', direction: 'DESC' }
    expect(await walk(descending, 'forwards')).toEqual(['b', 'a2', 'a', 'never2', 'never1'])
    expect(await walk(descending, 'backwards')).toEqual(['b', 'a2', 'a', 'never2', 'never1'])
  })

  test('are the newest first unless told otherwise', async () => {
    for (const name of ['old', 'new']) await tenancy.seed.project(companyId, { name })
    expect(await list({})).toMatchObject({ names: ['new', 'old'], totalCount: 2 })
    expect((await list({ orderBy: { field: 'NAME', direction: 'ASC' } })).names).toEqual(['new', 'old'])
  })

  test('are found by text, tags and end', async () => {
    await tenancy.seed.project(companyId, {
      name: 'Red',
      slug: 'r',
      tags: ['red', 'warm'],
      expires_at: inDays(5),
    })
    await tenancy.seed.project(companyId, {
      name: 'Blue',
      slug: 'b-l',
      tags: ['blue'],
      description: 'A REDdish one',
    })
    await tenancy.seed.project(companyId, {
      name: 'Pink',
      slug: 'p',
      tags: ['red', 'blue'],
      expires_at: inDays(50),
    })
    const found = async (filter: Record<string, unknown>) => {
      const { names, totalCount } = await list({ filter })
      expect(totalCount).toBe(names.length)
      return names.toSorted()
    }
    expect(await found({ search: 'red' })).toEqual(['Blue', 'Red'])
    expect(await found({ search: 'b-l' })).toEqual(['Blue'])
    expect(await found({ tagsAny: ['red', 'blue'] })).toEqual(['Blue', 'Pink', 'Red'])
    expect(await found({ tagsAny: ['warm', 'cold'] })).toEqual(['Red'])
    expect(await found({ tagsAll: ['blue', 'red'] })).toEqual(['Pink'])
    expect(await found({ tagsAll: ['Red'] })).toEqual([])
    expect(await found({ tagsAny: [], tagsAll: [] })).toHaveLength(3)
    expect(await found({ expiresBefore: inDays(10).toISOString() })).toEqual(['Red'])
    expect(await found({ expiresBefore: inDays(100).toISOString(), tagsAny: ['blue'] })).toEqual(['Pink'])
  })

  test('are found by kind, subscription and dates', async () => {
    const old = { created_at: inDays(-400), starts_at: inDays(-300), project_type: 'Album' }
    await tenancy.seed.project(companyId, { name: 'old', ...old, expires_at: inDays(-200) })
    await tenancy.seed.project(companyId, { name: 'paid', subscription_type: 'YEARLY', auto_renew: true })
    await tenancy.seed.project(companyId, { name: 'next', starts_at: inDays(5), expires_at: inDays(9) })
    const found = async (filter: Record<string, unknown>) => {
      const { names, totalCount } = await list({ filter })
      expect(totalCount).toBe(names.length)
      return names
    }
    const [earlier, today] = [inDays(-100).toISOString(), inDays(0).toISOString()]
    expect(await found({ projectType: 'Album' })).toEqual(['old'])
    expect(await found({ projectType: 'album' })).toEqual([])
    expect(await found({ subscriptionType: 'YEARLY' })).toEqual(['paid'])
    expect(await found({ autoRenew: false })).toEqual(['next', 'old'])
    expect(await found({ expiresAfter: earlier })).toEqual(['next'])
    expect(await found({ startsBefore: today })).toEqual(['old'])
    expect(await found({ startsAfter: today, expiresBefore: inDays(9.5).toISOString() })).toEqual(['next'])
    expect(await found({ createdBefore: earlier })).toEqual(['old'])
    expect(await found({ createdAfter: earlier })).toEqual(['next', 'paid'])
    expect(await walk({ field: 'STARTS_AT', direction: 'ASC' }, 'backwards')).toEqual(['old', 'next', 'paid'])
  })

  test('are found by what a pattern would take for its own', async () => {
    for (const name of ['100%', 'a_b', 'c\\d']) await tenancy.seed.project(companyId, { name })
    const found = async (search: string) => (await list({ filter: { search } })).names
    expect([await found('%'), await found('_'), await found('\\')]).toEqual([['100%'], ['a_b'], ['c\\d']])
  })

  test('are counted only when that is asked for', async () => {
    const ask = (fields: string) => {
      const query = `query ($id: ID!) { company(id: $id) { projects { ${fields} } } }`
      return tenancy.statementsOf(() =>
        tenancy.execute(editor(), query, { id: toGlobalId('Company', companyId) }),
      )
    }
    const counts = (statements: string[]) => statements.filter((statement) => statement.includes('count('))
    expect(counts(await ask('edges { node { name } } pageInfo { hasNextPage }'))).toHaveLength(0)
    expect(counts(await ask('totalCount'))).toHaveLength(1)
  })

  test('are found by the status that they show', async () => {
    const soon = { expires_at: inDays(3), notify_before_expiry_days: 7 }
    await tenancy.seed.project(companyId, { name: 'scheduled', starts_at: inDays(1) })
    await tenancy.seed.project(companyId, { name: 'active', starts_at: inDays(-1), expires_at: inDays(30) })
    await tenancy.seed.project(companyId, { name: 'expiring', ...soon })
    await tenancy.seed.project(companyId, { name: 'expired', expires_at: inDays(-1) })
    await tenancy.seed.project(companyId, { name: 'archived', ...soon, archived_at: inDays(-1) })
    for (const status of ['SCHEDULED', 'ACTIVE', 'EXPIRING', 'EXPIRED', 'ARCHIVED']) {
      expect(await list({ filter: { status } })).toMatchObject({
        names: [status.toLowerCase()],
        statuses: [status],
        totalCount: 1,
      })
    }
    const unarchived = { statusAny: ['SCHEDULED', 'ACTIVE', 'EXPIRING', 'EXPIRED', 'ACTIVE'] }
    expect((await list({ filter: unarchived })).names).toEqual(['expired', 'expiring', 'active', 'scheduled'])
    expect((await list({ filter: { statusAny: [] } })).totalCount).toBe(5)
  })

  test.each([
    [{ first: 0 }, 'first'],
    [{ first: 101 }, 'first'],
    [{ after: 'garbage' }, 'after'],
    [{ filter: { search: '\u0000' } }, 'filter.search'],
    [{ filter: { tagsAny: ['\u0000'] } }, 'filter.tagsAny'],
    [{ filter: { tagsAll: ['\u0000'] } }, 'filter.tagsAll'],
    [{ filter: { projectType: '\u0000' } }, 'filter.projectType'],
  ])('are not to be had for %j', async (variables, field) => {
    const id = toGlobalId('Company', companyId)
    const { errors } = await tenancy.execute(editor(), PAGE, { id, ...variables })
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field } }])
  })
})

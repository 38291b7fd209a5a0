import { toGlobalId } from '@arv/relay'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  anonymous,
  asObject,
  type ContentUnderTest,
  type Json,
  platformAdmin,
  type SeededTenant,
  seedCompany,
  startContent,
} from './content-under-test.ts'

let content: ContentUnderTest
let acme: SeededTenant
let rival: SeededTenant

beforeAll(async () => {
  content = await startContent()
  acme = await seedCompany(content.seed)
  rival = await seedCompany(content.seed)
})

afterAll(() => content.stop())

const ENTITIES = (
  fields: string,
) => `query ($r: [_Any!]!, $first: Int, $after: String, $last: Int, $before: String,
    $filter: ArContentFilter, $orderBy: ArContentOrder) {
  _entities(representations: $r) {
    ... on Company { contents(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $orderBy) { ${fields} } }
    ... on Project { contents(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $orderBy) { ${fields} } }
  }
}`
const PAGE = 'edges { cursor node { title } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }'

const company = () => ({ __typename: 'Company', id: acme.globalId })
const project = (id: number) => ({ __typename: 'Project', id: toGlobalId('Project', id) })

async function list(representation: Json, variables: Json = {}, fields = PAGE, caller = acme.viewer) {
  const data = await content.data(caller, ENTITIES(fields), { r: [representation], ...variables })
  const [entity] = Array.isArray(data['_entities']) ? data['_entities'] : []
  return asObject(asObject(entity)['contents'])
}

async function titles(representation: Json, variables: Json = {}): Promise<string> {
  const { edges } = await list(representation, variables)
  return Array.isArray(edges)
    ? edges.map((edge) => String(asObject(asObject(edge)['node'])['title'])).join(' ')
    : ''
}

async function seedContents(projectId: number, names: readonly string[], columns = {}) {
  for (const title of names)
    await content.seed.content(acme.id, projectId, acme.imageId, { title, ...columns })
}

describe('a project’s contents', () => {
  let projectId: number
  beforeAll(async () => {
    projectId = await content.seed.project(acme.id)
    await seedContents(projectId, ['b', 'd', 'a', 'e', 'c'])
    await seedContents(acme.projectId, ['elsewhere'])
    await seedContents(projectId, ['deleted'], { deleted_at: new Date() })
  })

  test('are the newest first', async () => {
    expect(await titles(project(projectId))).toBe('c e a d b')
  })

  test('are ordered as one wants', async () => {
    const orderBy = (field: string, direction: string) => ({ orderBy: { field, direction } })
    expect(await titles(project(projectId), orderBy('TITLE', 'ASC'))).toBe('a b c d e')
    expect(await titles(project(projectId), orderBy('TITLE', 'DESC'))).toBe('e d c b a')
    expect(await titles(project(projectId), orderBy('CREATED_AT', 'ASC'))).toBe('b d a e c')
  })

  test('are paged forward and backward', async () => {
    const orderBy = { field: 'TITLE', direction: 'ASC' }
    const first = await list(project(projectId), { orderBy, first: 2 })
    expect(first).toMatchObject({
      edges: [{ node: { title: 'a' } }, { node: { title: 'b' } }],
      pageInfo: { hasNextPage: true, hasPreviousPage: false },
    })
    const after = asObject(first['pageInfo'])['endCursor']
    const second = await list(project(projectId), { orderBy, first: 2, after })
    expect(second).toMatchObject({
      edges: [{ node: { title: 'c' } }, { node: { title: 'd' } }],
      pageInfo: { hasNextPage: true, hasPreviousPage: true },
    })
    const before = asObject(second['pageInfo'])['startCursor']
    expect(await list(project(projectId), { orderBy, last: 1, before })).toMatchObject({
      edges: [{ node: { title: 'b' } }],
      pageInfo: { hasNextPage: true, hasPreviousPage: true },
    })
    expect(await titles(project(projectId), { orderBy, last: 2 })).toBe('d e')
  })

  test('of one instant are neither skipped nor repeated', async () => {
    const crowded = await content.seed.project(acme.id)
    await seedContents(crowded, ['1', '2', '3', '4', '5'], { created_at: '2026-11-05T12:00:00.123456Z' })
    const pages: string[] = []
    let after: unknown = null
    for (let page = 0; page < 3; page++) {
      pages.push(await titles(project(crowded), { first: 2, after }))
      after = asObject((await list(project(crowded), { first: 2, after }))['pageInfo'])['endCursor']
    }
    expect(pages).toEqual(['5 4', '3 2', '1'])
  })

  test.each([
    [{ first: 0 }, '"first" must be from 1 to 100.'],
    [{ first: -1 }, '"first" must be from 1 to 100.'],
    [{ first: 101 }, '"first" must be from 1 to 100.'],
    [{ last: 101 }, '"last" must be from 1 to 100.'],
    [{ first: 1, last: 1 }, 'Give either "first" or "last", not both.'],
    [{ after: 'nonsense' }, '"after" is not a cursor: use one that this list returned.'],
  ])('refuse the page %j', async (variables, message) => {
    const result = await content.execute(acme.viewer, ENTITIES(PAGE), {
      r: [project(projectId)],
      ...variables,
    })
    expect(result).toMatchObject({
      data: { _entities: [{ contents: null }] },
      errors: [{ message, extensions: { code: 'BAD_USER_INPUT' } }],
    })
  })

  test('are those of a filter', async () => {
    const filtered = await content.seed.project(acme.id)
    await seedContents(filtered, ['50% off', '500 off'])
    await seedContents(filtered, ['Plain'], { description: 'All OFF today' })
    await seedContents(filtered, ['Hidden'], { is_active: false })
    await seedContents(filtered, ['Shown'], { published_at: new Date(), marker_status: 'COMPLETED' })
    const by = (filter: Json) =>
      titles(project(filtered), { filter, orderBy: { field: 'CREATED_AT', direction: 'ASC' } })
    expect(await by({ search: 'off' })).toBe('50% off 500 off Plain')
    expect(await by({ search: '50%' })).toBe('50% off')
    expect(await by({ search: '_' })).toBe('')
    expect(await by({ search: '  ' })).toBe('50% off 500 off Plain Hidden Shown')
    expect(await by({ search: 'off\0' })).toBe('50% off 500 off Plain')
    expect(await by({ isActive: false })).toBe('Hidden')
    expect(await by({ isPublished: true })).toBe('Shown')
    expect(await by({ isPublished: false, isActive: true, search: 'o' })).toBe('50% off 500 off Plain')
    expect(await by({ markerStatus: 'COMPLETED' })).toBe('Shown')
  })

  test('of another tenant are an empty list', async () => {
    const theirs = toGlobalId('Project', rival.projectId)
    await content.seed.content(rival.id, rival.projectId, rival.imageId, { title: 'secret' })
    expect(await titles({ __typename: 'Project', id: theirs })).toBe('')
    expect(await list({ __typename: 'Project', id: theirs }, {}, 'totalCount')).toEqual({ totalCount: 0 })
  })

  test('are counted when that is asked for, and only then', async () => {
    expect(await list(project(projectId), { first: 1 }, 'totalCount')).toEqual({ totalCount: 5 })
    expect(await list(project(projectId), { filter: { search: 'a' } }, 'totalCount')).toEqual({
      totalCount: 1,
    })
    const counts = (statements: string[]) =>
      statements.filter((statement) => statement.includes('count(*)')).length
    expect(counts(await content.statementsOf(() => list(project(projectId), {}, `${PAGE} totalCount`)))).toBe(
      1,
    )
    expect(counts(await content.statementsOf(() => list(project(projectId))))).toBe(0)
  })

  test('are for members only', async () => {
    expect(await content.execute(anonymous, ENTITIES(PAGE), { r: [project(projectId)] })).toMatchObject({
      errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    })
  })
})

describe('a company’s contents', () => {
  test('are those of all its projects, and of no other company', async () => {
    const tenant = await seedCompany(content.seed)
    const other = await content.seed.project(tenant.id)
    await content.seed.content(tenant.id, tenant.projectId, tenant.imageId, { title: 'one' })
    await content.seed.content(tenant.id, other, tenant.imageId, { title: 'two' })
    const r = [{ __typename: 'Company', id: tenant.globalId }, company()]
    const data = await content.data(
      tenant.viewer,
      ENTITIES('totalCount edges { node { title project { id } } }'),
      { r },
    )
    expect(data['_entities']).toEqual([
      {
        contents: {
          totalCount: 2,
          edges: [
            { node: { title: 'two', project: { id: toGlobalId('Project', other) } } },
            { node: { title: 'one', project: { id: toGlobalId('Project', tenant.projectId) } } },
          ],
        },
      },
      { contents: { totalCount: 0, edges: [] } },
    ])
  })

  test('are there for a platform admin', async () => {
    const admin = await content.seed.user({ is_platform_admin: true })
    const { totalCount } = await list(company(), {}, 'totalCount', platformAdmin(admin.id))
    expect(totalCount).toBeGreaterThan(5)
  })
})

describe('the number of statements', () => {
  const NODE = `title marker { status file { id } } image { id }
    videos { title isActive content { id } file { id } } activeVideo { id } activeVideoReason rotation { id }`

  async function seedProjects(projects: number, contents: number): Promise<number[]> {
    const ids: number[] = []
    for (let made = 0; made < projects; made++) {
      const id = await content.seed.project(acme.id)
      ids.push(id)
      for (let each = 0; each < contents; each++) {
        const row = await content.seed.content(acme.id, id, acme.imageId)
        await content.seed.video(acme.id, row.id, acme.videoFileId)
      }
    }
    return ids
  }

  const count = async (ids: number[]) => {
    const query = ENTITIES(`totalCount edges { node { ${NODE} } }`)
    const run = () => content.data(acme.viewer, query, { r: ids.map(project), first: 100 })
    return (await content.statementsOf(run)).length
  }

  test('is the same for a list of 1 and of 50, and for the lists of 1 and of 10 projects', async () => {
    const one = await count(await seedProjects(1, 1))
    const fifty = await count(await seedProjects(1, 50))
    const ten = await count(await seedProjects(10, 3))
    expect([fifty, ten]).toEqual([one, one])
  })

  test('is the same for 1 and 50 entities', async () => {
    const [projectId] = await seedProjects(1, 50)
    const rows = await content.seed.sql<{ id: number }[]>`
      select id from content.ar_contents where project_id = ${projectId ?? 0}`
    const query = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on ArContent { ${NODE} } } }`
    const statements = async (ids: number[]) => {
      const r = ids.map((id) => ({ __typename: 'ArContent', id: toGlobalId('ArContent', id) }))
      return (await content.statementsOf(() => content.data(acme.viewer, query, { r }))).length
    }
    const ids = rows.map(({ id }) => id)
    expect(await statements(ids)).toBe(await statements(ids.slice(0, 1)))
  })
})

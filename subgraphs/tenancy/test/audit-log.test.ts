import { toGlobalId } from '@arv/relay'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  apiKey,
  asObject,
  asPage,
  member,
  platformAdmin,
  startTenancy,
  type TenancyUnderTest,
} from './tenancy-under-test.ts'

const FIELDS =
  'id action actorKind actor { id } apiKey { name } job entityType entityId entityVersion changes'

let tenancy: TenancyUnderTest
let companyId: number
let ownerId: number
let editorId: number
let keyId: number

beforeAll(async () => {
  tenancy = await startTenancy()
  companyId = (await tenancy.seed.company()).id
  ownerId = (await tenancy.seed.user()).id
  editorId = (await tenancy.seed.user()).id
  await tenancy.seed.membership(companyId, ownerId, 'OWNER')
  await tenancy.seed.membership(companyId, editorId, 'EDITOR')
  const [key] = await tenancy.seed.sql<{ id: number }[]>`
    insert into tenancy.api_keys (company_id, name, prefix, secret_hash, role)
    values (${companyId}, 'Shop', 'arv_a', sha256('a'), 'EDITOR') returning id`
  keyId = key?.id ?? 0
  await tenancy.seed.sql`
    insert into log.audit_entries (company_id, at, actor, action, entity_type, entity_id, changes, entity_version)
    select ${companyId}, ('2026-11-0' || n || 'T10:00:00Z')::timestamptz, actor, action, type, entity, changes, version
    from (values
      (1, 'user:' || ${ownerId}::int, 'project.create', 'Project', 7, '{"name":"A"}'::jsonb, 1),
      (2, 'key:' || ${keyId}::int, 'project.update', 'Project', 7, '{"name":"B"}', 2),
      (3, 'job:projects.renew', 'project.renew', 'Project', 7, '{}', 3),
      (4, 'user:' || ${editorId}::int, 'video.activate', 'Video', 7, '{}', null::int),
      (5, 'nobody', 'project_x.create', 'Project', 8, '{}', null::int)
    ) as entry (n, actor, action, type, entity, changes, version)`
})

afterAll(() => tenancy.stop())

const owner = () => member(ownerId, [companyId, 'OWNER'])
const list = async (args: string, caller = owner()) => {
  const { data, errors } = await tenancy.execute(
    caller,
    `query ($id: ID!) { company(id: $id) { name auditLog(${args}) {
       edges { cursor node { ${FIELDS} } }
       totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
     } } }`,
    { id: toGlobalId('Company', companyId) },
  )
  return { company: asObject(data?.['company']), errors }
}
const actions = async (args: string) => {
  const { company } = await list(args)
  return asPage(company['auditLog']).nodes.map(({ action }) => action)
}

describe('a company’s audit log', () => {
  test('says who did what to which entity, the latest first', async () => {
    const { company } = await list('first: 100')
    expect(asPage(company['auditLog']).nodes).toMatchObject([
      { action: 'project_x.create', actorKind: 'NOBODY', actor: null, apiKey: null, job: null },
      { action: 'video.activate', actorKind: 'USER', actor: { id: toGlobalId('User', editorId) } },
      { action: 'project.renew', actorKind: 'JOB', job: 'projects.renew', actor: null },
      { action: 'project.update', actorKind: 'API_KEY', apiKey: { name: 'Shop' }, actor: null },
      {
        action: 'project.create',
        actorKind: 'USER',
        entityType: 'Project',
        entityId: toGlobalId('Project', 7),
        entityVersion: 1,
        changes: { name: 'A' },
      },
    ])
  })

  test('is paged both ways', async () => {
    const { company } = await list('first: 2')
    const page = asPage(company['auditLog'])
    expect(page).toMatchObject({ hasNextPage: true, totalCount: 5 })
    expect(await actions(`first: 2, after: "${page.endCursor}"`)).toEqual(['project.renew', 'project.update'])
    expect(await actions(`last: 1, before: "${page.endCursor}"`)).toEqual(['project_x.create'])
  })

  test.for([
    ['a person', () => `actorId: "${toGlobalId('User', ownerId)}"`, ['project.create']],
    ['a key', () => `apiKeyId: "${toGlobalId('ApiKey', keyId)}"`, ['project.update']],
    ['an action', () => `action: "video.activate"`, ['video.activate']],
    [
      'all of an entity’s actions',
      () => `action: "project"`,
      ['project.renew', 'project.update', 'project.create'],
    ],
    [
      'an entity',
      () => `entityId: "${toGlobalId('Project', 7)}"`,
      ['project.renew', 'project.update', 'project.create'],
    ],
    ['a type', () => `entityType: "Video"`, ['video.activate']],
    [
      'a time',
      () => `from: "2026-11-02T10:00:00Z", to: "2026-11-04T10:00:00Z"`,
      ['project.renew', 'project.update'],
    ],
    ['an id of nothing', () => `entityId: "garbage"`, []],
    ['somebody else’s id', () => `actorId: "${toGlobalId('Company', ownerId)}"`, []],
  ] satisfies [string, () => string, string[]][])('is filtered by %s', async ([, filter, expected]) => {
    expect(await actions(`filter: { ${filter()} }`)).toEqual(expected)
  })

  test('says what is wrong with a filter', async () => {
    const { errors } = await list(`filter: { entityId: "${toGlobalId('Project', 7)}", entityType: "Video" }`)
    expect(errors).toMatchObject([
      {
        message: '"entityId" is not the id of Video.',
        extensions: { code: 'BAD_USER_INPUT', field: 'filter.entityId' },
      },
    ])
  })

  test('is read by owners, their keys and the platform’s administrators', async () => {
    const admin = await tenancy.seed.user({ is_platform_admin: true })
    for (const caller of [platformAdmin(admin.id), apiKey(keyId, companyId, 'OWNER')]) {
      const { company, errors } = await list('first: 1', caller)
      expect(errors).toBeUndefined()
      expect(asPage(company['auditLog']).totalCount).toBe(5)
    }
    for (const caller of [member(editorId, [companyId, 'EDITOR']), apiKey(keyId, companyId, 'EDITOR')]) {
      const { company, errors } = await list('first: 1', caller)
      expect(company['auditLog']).toBeNull()
      expect(errors).toMatchObject([
        {
          path: ['company', 'auditLog'],
          message: 'This takes the role OWNER in the company; yours is EDITOR.',
          extensions: { code: 'FORBIDDEN' },
        },
      ])
    }
  })

  test('costs as many statements for ten companies as for one', async () => {
    const admin = platformAdmin((await tenancy.seed.user({ is_platform_admin: true })).id)
    const QUERY =
      'query ($n: Int) { companies(first: $n) { edges { node { auditLog(first: 1) { edges { cursor } } } } } }'
    for (let n = 0; n < 10; n++) await tenancy.seed.company()
    const one = await tenancy.statementsOf(() => tenancy.execute(admin, QUERY, { n: 1 }))
    const ten = await tenancy.statementsOf(() => tenancy.execute(admin, QUERY, { n: 10 }))
    expect(ten).toHaveLength(one.length)
  })
})

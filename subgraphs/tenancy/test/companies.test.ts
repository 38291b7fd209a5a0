import { fromGlobalId, toGlobalId } from '@arv/relay'
import { serviceUnavailable } from '@arv/subgraph'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  anonymous,
  asObject,
  asPage,
  asText,
  type ListedPage,
  member,
  platformAdmin,
  startTenancy,
  type TenancyUnderTest,
} from './tenancy-under-test.ts'

let tenancy: TenancyUnderTest
let adminId: number
let storageId: string

beforeAll(async () => {
  tenancy = await startTenancy()
  adminId = (await tenancy.seed.user({ is_platform_admin: true, name: 'Root' })).id
  const [storage] = await tenancy.seed.sql<{ id: number }[]>`select id from media.storage_connections`
  storageId = toGlobalId('StorageConnection', storage?.id ?? 0)
})

afterAll(() => tenancy.stop())

beforeEach(async () => {
  tenancy.media.commands.length = 0
  tenancy.media.answer = () => Promise.resolve({ storagePath: 'companies/x' })
  await tenancy.seed.sql`truncate tenancy.companies, log.audit_entries cascade`
  await tenancy.seed.sql`delete from jobs.job`
})

const FIELDS = `company {
  id name slug contactEmail contactPhone telegramChatId timeZone subscriptionTier subscriptionExpiresAt storageQuotaGb
  projectsLimit isActive isDefault notes metadata version storageConnection { id } createdBy { name }
}`

const create = (input: Record<string, unknown>, caller = platformAdmin(adminId)) =>
  tenancy.mutate(caller, 'createCompany', FIELDS, input)
const refusal = (code: string, field: string[] | null, message = expect.any(String)) => ({
  company: null,
  userErrors: [{ code, field, message }],
})
const slugOf = (payload: Record<string, unknown>) => asText(asObject(payload['company'])['slug'])
const countCompanies = async () => (await tenancy.seed.sql`select id from tenancy.companies`).length

describe('creating a company', () => {
  test('takes a name, and makes the rest', async () => {
    const { company, userErrors } = await create({ name: '  Фото Ателье ' })
    expect(userErrors).toEqual([])
    expect(company).toEqual({
      id: expect.any(String),
      name: 'Фото Ателье',
      slug: 'foto-atele',
      contactEmail: null,
      contactPhone: null,
      telegramChatId: null,
      timeZone: 'UTC',
      subscriptionTier: 'BASIC',
      subscriptionExpiresAt: null,
      storageQuotaGb: 10,
      projectsLimit: 50,
      isActive: true,
      isDefault: false,
      notes: null,
      metadata: {},
      version: 1,
      storageConnection: { id: storageId },
      createdBy: { name: 'Root' },
    })
  })

  test('keeps everything that is given', async () => {
    const given = {
      name: 'Acme',
      slug: 'acme-ar',
      contactEmail: 'office@acme.example',
      contactPhone: '+49 30 123456',
      telegramChatId: '-1001234567890',
      timeZone: 'Europe/Berlin',
      subscriptionTier: 'PREMIUM',
      subscriptionExpiresAt: '2090-01-01T00:00:00.000Z',
      storageQuotaGb: 0,
      projectsLimit: 3,
      notes: 'Two\nlines',
      metadata: { crm: 17 },
    }
    const { company } = await create({ ...given, storageConnectionId: storageId })
    expect(company).toMatchObject({ ...given, storageConnection: { id: storageId } })
  })

  test('makes the folders first, then row, job and audit entry together', async () => {
    const { company } = await create({ name: 'Acme' })
    const companyId = fromGlobalId('Company', asText(asObject(company)['id']))
    const storageConnectionId = fromGlobalId('StorageConnection', storageId)
    expect(tenancy.media.commands).toEqual([
      { name: 'provisionCompany', input: { companyId, slug: 'acme', storageConnectionId } },
    ])
    expect([...(await tenancy.seed.sql`select name, data from jobs.job`)]).toEqual([
      { name: 'storage.register-company', data: { companyId } },
    ])
    expect([
      ...(await tenancy.seed
        .sql`select company_id, actor, action, entity_type, entity_id, changes from log.audit_entries`),
    ]).toEqual([
      {
        company_id: companyId,
        actor: `user:${adminId}`,
        action: 'company.create',
        entity_type: 'Company',
        entity_id: companyId,
        changes: { name: 'Acme', slug: 'acme' },
      },
    ])
  })

  test('has no transaction open while the folders are made', async () => {
    let open: unknown
    tenancy.media.answer = async () => {
      open = await tenancy.seed.sql`
        select query from pg_stat_activity
        where datname = current_database() and application_name = 'arv' and xact_start is not null`
    }
    expect((await create({ name: 'Acme' }))['userErrors']).toEqual([])
    expect(open).toEqual([])
  })

  test('leaves no row when the folders can’t be made', async () => {
    for (const problem of [serviceUnavailable(), new Error('EACCES /srv/files')]) {
      tenancy.media.answer = () => Promise.reject(problem)
      const query = 'mutation { createCompany(input: { name: "Acme" }) { company { id } } }'
      expect((await tenancy.execute(platformAdmin(adminId), query)).errors).toEqual([
        {
          message:
            'Nothing was changed, because this part of the service is not available right now. Try again shortly.',
          path: ['createCompany'],
          extensions: { code: 'SERVICE_UNAVAILABLE', outcome: 'NOT_DONE' },
        },
      ])
    }
    expect(await countCompanies()).toBe(0)
    expect(await tenancy.seed.sql`select id from jobs.job`).toHaveLength(0)
  })

  test('gives a derived slug a number when it is taken, also many at once', async () => {
    expect(slugOf(await create({ name: 'Acme' }))).toBe('acme')
    expect(slugOf(await create({ name: 'Acme!' }))).toBe('acme-2')
    expect(slugOf(await create({ name: 'ACME?' }))).toBe('acme-3')
    const crowd = await Promise.all(['acmé', 'acmè', 'acmê', 'acmë'].map((name) => create({ name })))
    expect(crowd.map(slugOf).toSorted()).toEqual(['acme-4', 'acme-5', 'acme-6', 'acme-7'])
  })

  test('gives a name that can’t be written in Latin letters a slug all the same', async () => {
    expect(slugOf(await create({ name: '🎉' }))).toBe('company')
    expect(slugOf(await create({ name: '日本写真' }))).toBe('ri-ben-xie-zhen')
  })

  test('refuses a name that another company has, in any case, before any folder is made', async () => {
    await create({ name: 'Acme' })
    tenancy.media.commands.length = 0
    expect(await create({ name: 'ACME' })).toEqual(
      refusal('CONFLICT', ['name'], 'Another company is called the same.'),
    )
    expect(tenancy.media.commands).toEqual([])
  })

  test('refuses a given slug that another company has', async () => {
    await create({ name: 'Acme' })
    expect(await create({ name: 'Other', slug: 'acme' })).toEqual(
      refusal('CONFLICT', ['slug'], 'Another company has this slug.'),
    )
  })

  test('refuses name and slug that were taken while the folders were made', async () => {
    tenancy.media.answer = async () => {
      tenancy.media.answer = () => Promise.resolve({})
      await tenancy.seed.company({ name: 'Acme', slug: 'taken' })
    }
    expect(await create({ name: 'Acme', slug: 'acme' })).toEqual(refusal('CONFLICT', ['name']))
    tenancy.media.answer = async () => {
      tenancy.media.answer = () => Promise.resolve({})
      await tenancy.seed.company({ slug: 'other' })
    }
    expect(await create({ name: 'Other', slug: 'other' })).toEqual(refusal('CONFLICT', ['slug']))
  })

  test('of one name twenty at once makes one', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => create({ name: 'Acme' })))
    expect(answers.filter(({ company }) => company !== null)).toHaveLength(1)
    expect(await countCompanies()).toBe(1)
  })

  test.each([
    [{ name: ' ' }, 'name'],
    [{ name: 'a'.repeat(201) }, 'name'],
    [{ slug: 'Not A Slug' }, 'slug'],
    [{ slug: '' }, 'slug'],
    [{ contactPhone: 'none' }, 'contactPhone'],
    [{ telegramChatId: 'https://t.me/acme' }, 'telegramChatId'],
    [{ subscriptionExpiresAt: '2020-01-01T00:00:00Z' }, 'subscriptionExpiresAt'],
    [{ storageQuotaGb: -1 }, 'storageQuotaGb'],
    [{ projectsLimit: -1 }, 'projectsLimit'],
    [{ notes: 'a'.repeat(5001) }, 'notes'],
  ])('refuses %j', async (input, field) => {
    expect(await create({ name: 'Acme', ...input })).toEqual(refusal('INVALID', [field]))
    expect(await countCompanies()).toBe(0)
  })

  test('refuses a time zone and an e-mail address that are none', async () => {
    const query = 'mutation ($input: CreateCompanyInput!) { createCompany(input: $input) { company { id } } }'
    for (const input of [{ timeZone: 'Europe/Atlantis' }, { contactEmail: 'acme' }]) {
      const { errors } = await tenancy.execute(platformAdmin(adminId), query, {
        input: { name: 'Acme', ...input },
      })
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
    }
  })

  test('refuses a storage connection that isn’t there or isn’t in use, and other ids, alike', async () => {
    const [idle] = await tenancy.seed.sql<{ id: number }[]>`
      insert into media.storage_connections (name, provider, is_active) values ('Idle', 'LOCAL_DISK', false) returning id`
    for (const id of [
      toGlobalId('StorageConnection', idle?.id ?? 0),
      toGlobalId('StorageConnection', 999_999),
      toGlobalId('Company', 1),
      'garbage',
    ]) {
      expect(await create({ name: 'Acme', storageConnectionId: id })).toEqual(
        refusal('NOT_FOUND', ['storageConnectionId'], 'There is no such storage connection.'),
      )
    }
    expect(tenancy.media.commands).toEqual([])
  })

  test('is for the platform’s administrators only', async () => {
    const company = await tenancy.seed.company()
    const owner = await tenancy.seed.user()
    const message = 'Only an administrator of the platform can do this.'
    expect(await create({ name: 'Acme' }, member(owner.id, [company.id, 'OWNER']))).toEqual(
      refusal('FORBIDDEN', null, message),
    )
    // The gateway may still think so for a second.
    expect(await create({ name: 'Acme' }, platformAdmin(owner.id))).toEqual(
      refusal('FORBIDDEN', null, message),
    )
    await expect(create({ name: 'Acme' }, anonymous)).rejects.toThrow('UNAUTHENTICATED')
    expect(tenancy.media.commands).toEqual([])
  })
})

describe('a company', () => {
  test('is seen by its members and the platform’s administrators, and by nobody else', async () => {
    const [mine, foreign] = [await tenancy.seed.company({ name: 'Mine' }), await tenancy.seed.company()]
    const ann = await tenancy.seed.user()
    await tenancy.seed.membership(mine.id, ann.id, 'VIEWER')
    const query = 'query ($id: ID!) { company(id: $id) { name } }'
    const ask = async (caller: ReturnType<typeof member>, id: string) =>
      tenancy.execute(caller, query, { id })
    const caller = member(ann.id, [mine.id, 'VIEWER'])
    expect(await ask(caller, toGlobalId('Company', mine.id))).toEqual({ data: { company: { name: 'Mine' } } })
    expect(await ask(platformAdmin(adminId), toGlobalId('Company', mine.id))).toEqual({
      data: { company: { name: 'Mine' } },
    })
    for (const id of [
      toGlobalId('Company', foreign.id),
      toGlobalId('Company', 999_999),
      toGlobalId('Project', mine.id),
      String(mine.id),
      '',
    ]) {
      expect(await ask(caller, id)).toEqual({ data: { company: null } })
    }
    expect((await ask(anonymous, toGlobalId('Company', mine.id))).errors).toMatchObject([
      { extensions: { code: 'UNAUTHENTICATED' } },
    ])
  })

  test('doesn’t tell a member who made it when they share no company with them', async () => {
    const company = await tenancy.seed.company({ created_by: adminId })
    const ann = await tenancy.seed.user()
    await tenancy.seed.membership(company.id, ann.id, 'OWNER')
    const result = await tenancy.execute(
      member(ann.id, [company.id, 'OWNER']),
      'query ($id: ID!) { company(id: $id) { createdBy { name } } }',
      { id: toGlobalId('Company', company.id) },
    )
    expect(result).toEqual({ data: { company: { createdBy: null } } })
  })
})

describe('the companies', () => {
  const PAGE = `query ($first: Int, $after: String, $last: Int, $before: String, $filter: CompanyFilter, $orderBy: CompanyOrder) {
    companies(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $orderBy) {
      totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor node { name } }
    }
  }`

  async function list(variables: Record<string, unknown>, caller = platformAdmin(adminId)) {
    const { data, errors } = await tenancy.execute(caller, PAGE, variables)
    if (errors) throw new Error(JSON.stringify(errors))
    const page = asPage(data?.['companies'])
    return { ...page, names: page.nodes.map(({ name }) => asText(name)) }
  }

  test('are those that the caller works in', async () => {
    const ann = await tenancy.seed.user()
    const [one, , three] = [
      await tenancy.seed.company({ name: 'One' }),
      await tenancy.seed.company({ name: 'Two' }),
      await tenancy.seed.company({ name: 'Three' }),
    ]
    await tenancy.seed.membership(one.id, ann.id, 'OWNER')
    await tenancy.seed.membership(three.id, ann.id, 'VIEWER')
    const caller = member(ann.id, [one.id, 'OWNER'], [three.id, 'VIEWER'])
    expect(await list({}, caller)).toMatchObject({ names: ['Three', 'One'], totalCount: 2 })
    expect(await list({})).toMatchObject({ names: ['Three', 'Two', 'One'], totalCount: 3 })
    expect(await list({}, member(ann.id))).toMatchObject({ names: [], totalCount: 0, startCursor: null })
  })

  test('are paged both ways without a gap or a repetition, also when all were made at one instant', async () => {
    const names = Array.from({ length: 7 }, (_, index) => `Company ${String.fromCodePoint(65 + index)}`)
    for (const name of names) await tenancy.seed.company({ name })
    // As a literal: a parameter would lose its microseconds on the way.
    await tenancy.seed.sql`update tenancy.companies set created_at = '2026-11-22T12:00:00.123456Z'`
    for (const direction of ['ASC', 'DESC']) {
      const orderBy = { field: 'CREATED_AT', direction }
      const inOrder = direction === 'ASC' ? names : names.toReversed()
      const forwards: string[] = []
      const backwards: string[] = []
      let after: string | null = null
      let before: string | null = null
      for (const page of [0, 1, 2, 3]) {
        const next: ListedPage & { names: string[] } = await list({ first: 2, after, orderBy })
        expect(next).toMatchObject({ totalCount: 7, hasNextPage: page < 3, hasPreviousPage: page > 0 })
        forwards.push(...next.names)
        after = next.endCursor
        const previous: ListedPage & { names: string[] } = await list({ last: 2, before, orderBy })
        expect(previous).toMatchObject({ totalCount: 7, hasNextPage: page > 0, hasPreviousPage: page < 3 })
        backwards.unshift(...previous.names)
        before = previous.startCursor
      }
      expect(forwards).toEqual(inOrder)
      expect(backwards).toEqual(inOrder)
    }
  })

  test('are ordered by name', async () => {
    for (const name of ['b', 'c', 'a']) await tenancy.seed.company({ name })
    expect((await list({ orderBy: { field: 'NAME', direction: 'ASC' } })).names).toEqual(['a', 'b', 'c'])
    const { endCursor } = await list({ first: 1, orderBy: { field: 'NAME', direction: 'DESC' } })
    const next = await list({ first: 1, after: endCursor, orderBy: { field: 'NAME', direction: 'DESC' } })
    expect(next).toMatchObject({ names: ['b'], hasPreviousPage: true, hasNextPage: true })
  })

  test('are filtered, and counted as filtered', async () => {
    await tenancy.seed.company({ name: '100% AR', slug: 'hundred', subscription_tier: 'PREMIUM' })
    await tenancy.seed.company({ name: '100 photos', slug: 'photos', is_active: false })
    await tenancy.seed.company({ name: 'Acme_Inc', slug: 'acme', contact_email: 'Office@Acme.example' })
    const found = async (filter: Record<string, unknown>) => {
      const { names, totalCount } = await list({ filter, orderBy: { field: 'NAME', direction: 'ASC' } })
      expect(totalCount).toBe(names.length)
      return names.toSorted()
    }
    expect(await found({ search: '100' })).toEqual(['100 photos', '100% AR'])
    expect(await found({ search: '0% a' })).toEqual(['100% AR'])
    expect(await found({ search: 'e_i' })).toEqual(['Acme_Inc'])
    expect(await found({ search: 'OFFICE@' })).toEqual(['Acme_Inc'])
    expect(await found({ search: '\\' })).toEqual([])
    expect(await found({ search: '  ' })).toHaveLength(3)
    expect(await found({ isActive: false })).toEqual(['100 photos'])
    expect(await found({ subscriptionTier: 'PREMIUM' })).toEqual(['100% AR'])
    expect(await found({ subscriptionTier: 'PREMIUM', isActive: false })).toEqual([])
    expect(await found({ search: null, isActive: null })).toHaveLength(3)
  })

  test('are found by their telephone number, and by characters that a pattern would take for its own', async () => {
    await tenancy.seed.company({ name: 'a\\b', contact_phone: '+49 30 555' })
    await tenancy.seed.company({ name: 'a_b' })
    await tenancy.seed.company({ name: 'a%b' })
    const found = async (search: string) => (await list({ filter: { search } })).names
    expect(await found('30 555')).toEqual(['a\\b'])
    expect(await found('\\')).toEqual(['a\\b'])
    expect(await found('_')).toEqual(['a_b'])
    expect(await found('%')).toEqual(['a%b'])
  })

  test('are found by when they were made and when their subscription ends, and by what that makes of it', async () => {
    const days = (count: number) => new Date(Date.now() + count * 86_400_000)
    const ends = { over: days(-8), grace: days(-1), soon: days(10), later: days(100), never: null }
    for (const [name, at] of Object.entries(ends)) {
      await tenancy.seed.company({ name, subscription_expires_at: at, created_at: at ?? days(0) })
    }
    const found = async (filter: Record<string, unknown>) => {
      const { names, totalCount } = await list({ filter, orderBy: { field: 'NAME', direction: 'ASC' } })
      expect(totalCount).toBe(names.length)
      return names
    }
    expect(await found({ subscriptionStatus: 'EXPIRED' })).toEqual(['over'])
    expect(await found({ subscriptionStatus: 'GRACE' })).toEqual(['grace'])
    expect(await found({ subscriptionStatus: 'EXPIRING' })).toEqual(['soon'])
    expect(await found({ subscriptionStatus: 'ACTIVE' })).toEqual(['later', 'never'])
    const soon = ends.soon.toISOString()
    expect(await found({ subscriptionExpiresAfter: soon })).toEqual(['later', 'soon'])
    expect(await found({ subscriptionExpiresBefore: soon })).toEqual(['grace', 'over'])
    expect(await found({ createdAfter: soon })).toEqual(['later', 'soon'])
    expect(await found({ createdBefore: soon })).toEqual(['grace', 'never', 'over'])
    const { names } = await list({ orderBy: { field: 'SUBSCRIPTION_EXPIRES_AT', direction: 'DESC' } })
    expect(names).toEqual(['later', 'soon', 'grace', 'over', 'never'])
  })

  test('are counted only when that is asked for', async () => {
    await tenancy.seed.company()
    const ask = (fields: string) =>
      tenancy.statementsOf(() =>
        tenancy.execute(platformAdmin(adminId), `{ companies(first: 1) { ${fields} } }`),
      )
    const counts = (statements: string[]) => statements.filter((statement) => statement.includes('count('))
    expect(counts(await ask('edges { node { name } } pageInfo { hasNextPage }'))).toHaveLength(0)
    expect(counts(await ask('totalCount edges { node { name } }'))).toHaveLength(1)
  })

  test.each([
    [{ first: 0 }, 'first'],
    [{ first: -1 }, 'first'],
    [{ first: 101 }, 'first'],
    [{ last: 0 }, 'last'],
    [{ first: 1, last: 1 }, 'last'],
    [{ after: 'garbage' }, 'after'],
    [{ before: '' }, 'before'],
    [{ filter: { search: 'a'.repeat(201) } }, 'filter.search'],
    [{ filter: { search: '\u0000' } }, 'filter.search'],
  ])('are not to be had for %j', async (variables, field) => {
    const { errors } = await tenancy.execute(platformAdmin(adminId), PAGE, variables)
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field } }])
  })

  test('refuse a cursor of another ordering', async () => {
    await tenancy.seed.company()
    const { endCursor } = await list({ orderBy: { field: 'NAME', direction: 'ASC' } })
    await expect(list({ after: endCursor })).rejects.toThrow('another ordering')
  })
})

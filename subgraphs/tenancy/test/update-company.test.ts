import { fromGlobalId, toGlobalId } from '@arv/relay'
import { serviceUnavailable } from '@arv/subgraph'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  anonymous,
  asObject,
  member,
  platformAdmin,
  startTenancy,
  type TenancyUnderTest,
} from './tenancy-under-test.ts'

let tenancy: TenancyUnderTest
let adminId: number
let ownerId: number
let companyId: number

beforeAll(async () => {
  tenancy = await startTenancy()
  adminId = (await tenancy.seed.user({ is_platform_admin: true, name: 'Root' })).id
})

afterAll(() => tenancy.stop())

beforeEach(async () => {
  tenancy.media.commands.length = 0
  tenancy.media.answer = () => Promise.resolve({ outcome: 'READY' })
  companyId = (await tenancy.seed.company({ name: `Acme ${Math.random()}`, contact_phone: '+49 30 123456' }))
    .id
  ownerId = (await tenancy.seed.user()).id
  await tenancy.seed.membership(companyId, ownerId, 'OWNER')
})

const owner = () => member(ownerId, [companyId, 'OWNER'])
const admin = () => platformAdmin(adminId)
const FIELDS = `company {
  name slug contactEmail contactPhone telegramChatId timeZone subscriptionTier subscriptionExpiresAt subscriptionStatus
  storageQuotaGb projectsLimit isActive notes metadata version storageConnection { id }
}`
const update = (input: Record<string, unknown>, caller = owner(), id = companyId) =>
  tenancy.mutate(caller, 'updateCompany', FIELDS, { id: toGlobalId('Company', id), ...input })
const refusal = (code: string, field: string[] | null, message = expect.any(String)) => ({
  company: null,
  userErrors: [{ code, field, message }],
})
const eventsOf = async () => [
  ...(await tenancy.seed.sql`
    select type, subject_type, subject_id from log.events where company_id = ${companyId}`),
]
const auditOf = async () => [
  ...(await tenancy.seed.sql`
    select actor, action, entity_type, entity_id, changes, entity_version from log.audit_entries
    where company_id = ${companyId} order by id`),
]

describe('updating a company', () => {
  test('changes what is given, clears what is null, and leaves the rest', async () => {
    const given = {
      name: 'Acme & Söhne',
      contactEmail: 'office@acme.example',
      telegramChatId: '@acme',
      timeZone: 'Europe/Berlin',
      metadata: { crm: 17 },
    }
    const { company, userErrors } = await update({ ...given, contactPhone: null })
    expect(userErrors).toEqual([])
    expect(company).toMatchObject({ ...given, contactPhone: null, projectsLimit: 50, version: 2 })
    expect((await update({ contactEmail: null }))['company']).toMatchObject({
      contactEmail: null,
      telegramChatId: '@acme',
      version: 3,
    })
  })

  test('of another name keeps the slug', async () => {
    const { slug } = asObject((await update({ name: `Renamed ${companyId}` }))['company'])
    expect(slug).toMatch(/^company-\d+$/)
    expect((await update({ slug: `renamed-${companyId}` }))['company']).toMatchObject({
      slug: `renamed-${companyId}`,
    })
  })

  test('is written into the audit log with what has changed', async () => {
    await update({ name: `New ${companyId}`, timeZone: 'UTC' })
    expect(await auditOf()).toEqual([
      {
        actor: `user:${ownerId}`,
        action: 'company.update',
        entity_type: 'Company',
        entity_id: companyId,
        changes: { name: `New ${companyId}` },
        entity_version: 2,
      },
    ])
    expect(await eventsOf()).toEqual([])
  })

  test('to what it is already changes nothing', async () => {
    expect(
      (await update({ timeZone: 'UTC', contactPhone: '+49 30 123456 ', metadata: {} }))['company'],
    ).toMatchObject({ version: 1 })
    expect(await auditOf()).toEqual([])
  })

  test('to another time zone has its rotations follow; another name has not', async () => {
    const sent = async () => [
      ...(await tenancy.seed.sql`select data from jobs.job
        where name = 'rotation.zone-changed' and (data ->> 'companyId')::int = ${companyId}`),
    ]
    await update({ name: `Other ${companyId}`, timeZone: 'UTC' })
    expect(await sent()).toEqual([])
    await update({ timeZone: 'Asia/Tokyo' })
    expect(await sent()).toEqual([{ data: { companyId } }])
  })

  test('from an older version is refused, and says what has changed', async () => {
    await update({ name: `One ${companyId}`, expectedVersion: 1 })
    await update({ timeZone: 'Asia/Tokyo', contactEmail: 'a@b.example', expectedVersion: 2 })
    expect(await update({ name: 'Two', expectedVersion: 1 })).toEqual(
      refusal(
        'CONFLICT',
        ['expectedVersion'],
        'Somebody has changed this since (contactEmail, name, timeZone): it is at version 3. Read it again, and decide anew.',
      ),
    )
  })

  test('by two at once from the same version lets one through', async () => {
    const answers = await Promise.all(
      ['a', 'b'].map((name) => update({ name: `${name} ${companyId}`, expectedVersion: 1 })),
    )
    expect(answers.filter(({ company }) => company !== null)).toHaveLength(1)
    expect(answers.filter(({ company }) => company === null)).toEqual([
      refusal('CONFLICT', ['expectedVersion']),
    ])
  })

  test('refuses name and slug that another company has', async () => {
    const other = await tenancy.seed.company({ name: `Taken ${companyId}`, slug: `taken-${companyId}` })
    expect(other.id).not.toBe(companyId)
    expect(await update({ name: `TAKEN ${companyId}` })).toEqual(
      refusal('CONFLICT', ['name'], 'Another company is called the same.'),
    )
    expect(await update({ slug: `taken-${companyId}` })).toEqual(
      refusal('CONFLICT', ['slug'], 'Another company has this slug.'),
    )
  })

  test.each([
    [{ name: ' ' }, 'name'],
    [{ name: null }, 'name'],
    [{ slug: null }, 'slug'],
    [{ slug: 'Not A Slug' }, 'slug'],
    [{ timeZone: null }, 'timeZone'],
    [{ metadata: null }, 'metadata'],
    [{ contactPhone: 'none' }, 'contactPhone'],
    [{ telegramChatId: 'https://t.me/acme' }, 'telegramChatId'],
  ])('refuses an owner’s %j', async (input, field) => {
    expect(await update(input)).toEqual(refusal('INVALID', [field]))
  })

  test.each([
    [{ subscriptionExpiresAt: '2020-01-01T00:00:00Z' }, 'subscriptionExpiresAt'],
    [{ storageQuotaGb: -1 }, 'storageQuotaGb'],
    [{ projectsLimit: -1 }, 'projectsLimit'],
    [{ projectsLimit: null }, 'projectsLimit'],
    [{ storageConnectionId: null }, 'storageConnectionId'],
    [{ isActive: null }, 'isActive'],
    [{ notes: 'a'.repeat(5001) }, 'notes'],
  ])('refuses an administrator’s %j', async (input, field) => {
    expect(await update(input, admin())).toEqual(refusal('INVALID', [field]))
  })

  test('refuses metadata that is too large or no object, an unknown zone, and an address that is none', async () => {
    const query = 'mutation ($input: UpdateCompanyInput!) { updateCompany(input: $input) { company { id } } }'
    const id = toGlobalId('Company', companyId)
    for (const input of [
      { metadata: { text: 'a'.repeat(16_385) } },
      { metadata: [1] },
      { timeZone: 'Europe/Atlantis' },
      { contactEmail: 'acme' },
    ]) {
      const { errors } = await tenancy.execute(owner(), query, { input: { id, ...input } })
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
    }
  })

  test('takes an owner', async () => {
    const editor = await tenancy.seed.user()
    await tenancy.seed.membership(companyId, editor.id, 'EDITOR')
    expect(await update({ name: 'Mine' }, member(editor.id, [companyId, 'EDITOR']))).toEqual(
      refusal('FORBIDDEN', null, 'This takes the role OWNER in the company; yours is EDITOR.'),
    )
    await expect(update({ name: 'Mine' }, anonymous)).rejects.toThrow('UNAUTHENTICATED')
  })

  test('answers another company’s id, none’s, another type’s and garbage alike', async () => {
    const foreign = await tenancy.seed.company()
    for (const id of [
      toGlobalId('Company', foreign.id),
      toGlobalId('Company', 999_999),
      toGlobalId('User', 1),
      '',
    ]) {
      expect(await tenancy.mutate(owner(), 'updateCompany', FIELDS, { id, name: 'Mine' })).toEqual(
        refusal('NOT_FOUND', ['id'], 'There is no such company.'),
      )
    }
  })
})

describe('the terms of a company', () => {
  test.each([
    { subscriptionTier: 'PREMIUM' },
    { subscriptionExpiresAt: '2090-01-01T00:00:00.000Z' },
    { storageQuotaGb: 99 },
    { projectsLimit: 99 },
    { isActive: false },
    { notes: 'Pays late.' },
  ])('are changed by an administrator, and by no owner: %j', async (terms) => {
    const [field] = Object.keys(terms)
    expect(await update({ name: 'Ours', ...terms })).toEqual(
      refusal('FORBIDDEN', [String(field)], 'Only an administrator of the platform can do this.'),
    )
    expect((await update(terms, admin()))['company']).toMatchObject(terms)
  })

  test('may be sent back by an owner as they are', async () => {
    const terms = {
      subscriptionTier: 'BASIC',
      storageQuotaGb: 10,
      projectsLimit: 50,
      isActive: true,
      notes: null,
    }
    expect((await update({ ...terms, name: `Same ${companyId}` }))['company']).toMatchObject(terms)
  })

  test('follow the tier, but for what is agreed otherwise', async () => {
    expect((await update({ subscriptionTier: 'STANDARD' }, admin()))['company']).toMatchObject({
      projectsLimit: 200,
      storageQuotaGb: 100,
    })
    expect(
      (await update({ subscriptionTier: 'PREMIUM', projectsLimit: 7 }, admin()))['company'],
    ).toMatchObject({
      projectsLimit: 7,
      storageQuotaGb: 1000,
    })
    expect(
      (await update({ subscriptionTier: 'PREMIUM', notes: 'Same tier.' }, admin()))['company'],
    ).toMatchObject({
      projectsLimit: 7,
    })
  })

  test('are those of the tier for a company that is created with one', async () => {
    const { company } = await tenancy.mutate(admin(), 'createCompany', FIELDS, {
      name: `Large ${companyId}`,
      subscriptionTier: 'ENTERPRISE',
      storageQuotaGb: 5,
    })
    expect(company).toMatchObject({ projectsLimit: 10_000, storageQuotaGb: 5 })
  })

  test('of each tier are told to whoever is signed in', async () => {
    const query = '{ subscriptionTiers { tier projectsLimit storageQuotaGb } }'
    expect((await tenancy.execute(owner(), query)).data).toEqual({
      subscriptionTiers: [
        { tier: 'BASIC', projectsLimit: 50, storageQuotaGb: 10 },
        { tier: 'STANDARD', projectsLimit: 200, storageQuotaGb: 100 },
        { tier: 'PREMIUM', projectsLimit: 1000, storageQuotaGb: 1000 },
        { tier: 'ENTERPRISE', projectsLimit: 10_000, storageQuotaGb: 10_000 },
      ],
    })
    expect((await tenancy.execute(anonymous, query)).errors).toMatchObject([
      { extensions: { code: 'UNAUTHENTICATED' } },
    ])
  })

  test('that allow less than there is stop what is new', async () => {
    for (const _ of [1, 2]) await tenancy.seed.project(companyId)
    expect((await update({ projectsLimit: 1 }, admin()))['userErrors']).toEqual([])
    const input = { companyId: toGlobalId('Company', companyId), name: 'Third' }
    expect(await tenancy.mutate(owner(), 'createProject', 'project { id }', input)).toMatchObject({
      project: null,
      userErrors: [{ code: 'LIMIT_REACHED' }],
    })
  })

  test('end in a grace, which is shown', async () => {
    const ends = async (days: number) => {
      await tenancy.seed.sql`update tenancy.companies
        set subscription_expires_at = ${new Date(Date.now() + days * 86_400_000)} where id = ${companyId}`
      const query = 'query ($id: ID!) { company(id: $id) { subscriptionStatus } }'
      const { data } = await tenancy.execute(owner(), query, { id: toGlobalId('Company', companyId) })
      return asObject(data?.['company'])['subscriptionStatus']
    }
    expect([await ends(31), await ends(29), await ends(-1), await ends(-8)]).toEqual([
      'ACTIVE',
      'EXPIRING',
      'GRACE',
      'EXPIRED',
    ])
    const prolonged = await update({ subscriptionExpiresAt: '2090-01-01T00:00:00Z' }, admin())
    expect(prolonged['company']).toMatchObject({ subscriptionStatus: 'ACTIVE' })
    expect(await eventsOf()).toEqual([
      { type: 'company.validity', subject_type: 'company', subject_id: companyId },
    ])
  })
})

describe('a company that is not in use', () => {
  const create = (caller = owner()) =>
    tenancy.mutate(caller, 'createProject', 'project { name }', {
      companyId: toGlobalId('Company', companyId),
      name: 'Spring',
    })

  test('is read by its members, and changed by administrators alone', async () => {
    await update({ isActive: false }, admin())
    const query = 'query ($id: ID!) { company(id: $id) { isActive projects { edges { node { name } } } } }'
    const { data } = await tenancy.execute(owner(), query, { id: toGlobalId('Company', companyId) })
    expect(data).toEqual({ company: { isActive: false, projects: { edges: [] } } })
    const notInUse = {
      code: 'FORBIDDEN',
      field: null,
      message:
        'This company is not in use: its members can read, and only an administrator of the platform can change something.',
    }
    expect(await create()).toEqual({ project: null, userErrors: [notInUse] })
    expect(await update({ name: 'Mine' })).toEqual({ company: null, userErrors: [notInUse] })
    expect(await create(admin())).toEqual({ project: { name: 'Spring' }, userErrors: [] })
  })

  test('is back at once when it is in use again', async () => {
    await update({ isActive: false }, admin())
    await update({ isActive: true }, admin())
    expect((await create())['userErrors']).toEqual([])
    expect(await eventsOf()).toEqual([
      { type: 'company.validity', subject_type: 'company', subject_id: companyId },
      { type: 'company.validity', subject_type: 'company', subject_id: companyId },
    ])
  })

  test('is never the platform’s own, which also keeps its slug and has no end', async () => {
    const [own] = await tenancy.seed.sql<{ id: number }[]>`select id from tenancy.companies where is_default`
    const change = (input: Record<string, unknown>) => update(input, admin(), own?.id)
    expect(await change({ isActive: false })).toEqual(refusal('CONFLICT', ['isActive']))
    expect(await change({ slug: 'other' })).toEqual(refusal('CONFLICT', ['slug']))
    expect(await change({ subscriptionExpiresAt: '2090-01-01T00:00:00Z' })).toEqual(
      refusal('CONFLICT', ['subscriptionExpiresAt']),
    )
    expect((await change({ name: 'Our own' }))['company']).toMatchObject({ name: 'Our own', isActive: true })
  })
})

describe('the storage of a company', () => {
  let spare: string

  beforeAll(async () => {
    const [connection] = await tenancy.seed.sql<{ id: number }[]>`
      insert into media.storage_connections (name, provider) values ('Spare', 'LOCAL_DISK') returning id`
    spare = toGlobalId('StorageConnection', connection?.id ?? 0)
  })

  test('is changed once its folders are there, with no transaction open meanwhile', async () => {
    let open: unknown
    tenancy.media.answer = async () => {
      open = await tenancy.seed.sql`
        select query from pg_stat_activity
        where datname = current_database() and application_name = 'arv' and xact_start is not null`
      return { outcome: 'READY' }
    }
    expect((await update({ storageConnectionId: spare }, admin()))['company']).toMatchObject({
      storageConnection: { id: spare },
      version: 2,
    })
    expect(open).toEqual([])
    expect(tenancy.media.commands).toEqual([
      {
        name: 'moveCompany',
        input: { companyId, storageConnectionId: fromGlobalId('StorageConnection', spare) },
      },
    ])
    tenancy.media.commands.length = 0
    expect((await update({ storageConnectionId: spare }, admin()))['company']).toMatchObject({ version: 2 })
    expect(tenancy.media.commands).toEqual([])
  })

  test('stays when the company has files', async () => {
    tenancy.media.answer = () => Promise.resolve({ outcome: 'HAS_FILES' })
    expect(await update({ storageConnectionId: spare, notes: 'Moved.' }, admin())).toEqual(
      refusal('CONFLICT', ['storageConnectionId']),
    )
    expect(await auditOf()).toEqual([])
  })

  test('stays when the folders can’t be made', async () => {
    tenancy.media.answer = () => Promise.reject(serviceUnavailable())
    await expect(update({ storageConnectionId: spare }, admin())).rejects.toThrow('SERVICE_UNAVAILABLE')
    expect(await auditOf()).toEqual([])
  })

  test('is asked for only when everything else is right', async () => {
    expect(await update({ storageConnectionId: spare })).toEqual(
      refusal('FORBIDDEN', ['storageConnectionId']),
    )
    expect(await update({ storageConnectionId: spare, name: '' }, admin())).toEqual(
      refusal('INVALID', ['name']),
    )
    for (const id of [
      'garbage',
      toGlobalId('StorageConnection', 999_999),
      toGlobalId('Company', companyId),
    ]) {
      expect(await update({ storageConnectionId: id }, admin())).toEqual(
        refusal('NOT_FOUND', ['storageConnectionId']),
      )
    }
    expect(tenancy.media.commands).toEqual([])
  })
})

test('who made a company is told to those who share one with them, and to nobody else', async () => {
  await tenancy.seed.sql`update tenancy.companies set created_by = ${adminId} where id = ${companyId}`
  const query = 'query ($id: ID!) { company(id: $id) { createdBy { name email } } }'
  const ask = async (caller = owner()) =>
    (await tenancy.execute(caller, query, { id: toGlobalId('Company', companyId) })).data
  expect(await ask()).toEqual({ company: { createdBy: null } })
  const other = await tenancy.seed.company()
  await tenancy.seed.membership(other.id, adminId, 'VIEWER')
  expect(await ask()).toEqual({ company: { createdBy: null } })
  await tenancy.seed.membership(companyId, adminId, 'VIEWER')
  expect(await ask()).toMatchObject({ company: { createdBy: { name: 'Root' } } })
})

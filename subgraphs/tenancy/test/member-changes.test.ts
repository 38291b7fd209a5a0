import { toGlobalId } from '@arv/relay'
import { parse } from 'graphql'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  anonymous,
  apiKey,
  asText,
  member,
  platformAdmin,
  startTenancy,
  type TenancyUnderTest,
} from './tenancy-under-test.ts'

let tenancy: TenancyUnderTest
let companyId: number
let ownerId: number
let editorId: number

beforeAll(async () => {
  tenancy = await startTenancy()
})

afterAll(() => tenancy.stop())

beforeEach(async () => {
  companyId = (await tenancy.seed.company()).id
  ownerId = (await tenancy.seed.user()).id
  editorId = (await tenancy.seed.user()).id
  await tenancy.seed.membership(companyId, ownerId, 'OWNER')
  await tenancy.seed.membership(companyId, editorId, 'EDITOR')
})

const owner = () => member(ownerId, [companyId, 'OWNER'])
const editor = () => member(editorId, [companyId, 'EDITOR'])
const named = (userId: number) => ({
  companyId: toGlobalId('Company', companyId),
  userId: toGlobalId('User', userId),
})
const changeRole = (userId: number, role: string, caller = owner()) =>
  tenancy.mutate(caller, 'changeMemberRole', 'member { role user { id } }', { ...named(userId), role })
const remove = (userId: number, caller = owner()) =>
  tenancy.mutate(caller, 'removeMember', 'removedUserId', named(userId))
const rolesNow = async () => {
  const rows = await tenancy.seed.sql<{ role: string }[]>`
    select role from tenancy.memberships where company_id = ${companyId} order by id`
  return rows.map(({ role }) => role)
}

describe('changing a member’s role', () => {
  test('gives the role, and says so to who remembers it and to the audit log', async () => {
    expect(await changeRole(editorId, 'VIEWER')).toEqual({
      member: { role: 'VIEWER', user: { id: toGlobalId('User', editorId) } },
      userErrors: [],
    })
    const events = await tenancy.seed.sql`
      select type, subject_type, subject_id from log.events where company_id = ${companyId}`
    expect([...events]).toEqual([{ type: 'principal.changed', subject_type: 'user', subject_id: editorId }])
    const entries = await tenancy.seed.sql`
      select actor, action, changes from log.audit_entries where company_id = ${companyId}`
    expect([...entries]).toEqual([
      {
        actor: `user:${ownerId}`,
        action: 'member.change-role',
        changes: { userId: editorId, role: 'VIEWER' },
      },
    ])
  })

  test('to the one they have changes nothing and leaves no trace', async () => {
    expect(await changeRole(editorId, 'EDITOR')).toMatchObject({ member: { role: 'EDITOR' } })
    const entries = await tenancy.seed.sql`select from log.audit_entries where company_id = ${companyId}`
    expect(entries).toHaveLength(0)
  })

  test('leaves the company an owner', async () => {
    expect(await changeRole(ownerId, 'EDITOR')).toEqual({
      member: null,
      userErrors: [
        {
          code: 'CONFLICT',
          field: ['role'],
          message: 'The company needs an owner: make somebody else one first.',
        },
      ],
    })
    expect(await rolesNow()).toEqual(['OWNER', 'EDITOR'])
  })

  test('leaves an owner also when both demote each other at the same instant', async () => {
    for (let round = 0; round < 5; round++) {
      await tenancy.seed.sql`update tenancy.memberships set role = 'OWNER' where company_id = ${companyId}`
      const second = member(editorId, [companyId, 'OWNER'])
      await Promise.all([changeRole(editorId, 'VIEWER'), changeRole(ownerId, 'VIEWER', second)])
      expect(await rolesNow()).toContain('OWNER')
    }
  })

  test('takes an owner, in person', async () => {
    expect(await changeRole(editorId, 'OWNER', editor())).toMatchObject({
      userErrors: [
        { code: 'FORBIDDEN', message: 'This takes the role OWNER in the company; yours is EDITOR.' },
      ],
    })
    expect(await changeRole(editorId, 'OWNER', apiKey(1, companyId, 'OWNER'))).toMatchObject({
      userErrors: [
        {
          code: 'FORBIDDEN',
          message: 'An API key may not do this: it takes a person who is signed in.',
        },
      ],
    })
    expect(await rolesNow()).toEqual(['OWNER', 'EDITOR'])
  })

  test('answers somebody of another company, nobody and garbage alike', async () => {
    const stranger = await tenancy.seed.user()
    for (const userId of [toGlobalId('User', stranger.id), toGlobalId('User', 999_999), 'garbage']) {
      const input = { ...named(editorId), userId, role: 'OWNER' }
      expect(await tenancy.mutate(owner(), 'changeMemberRole', 'member { role }', input)).toEqual({
        member: null,
        userErrors: [{ code: 'NOT_FOUND', field: ['userId'], message: 'There is no such member.' }],
      })
    }
  })
})

describe('those who remember principals', () => {
  test('are told as the change is committed', async () => {
    const query = 'subscription { principalChanged { userId apiKeyId } }'
    const stream = await tenancy.client.subscribe({
      document: parse(query),
      query,
      variables: {},
      caller: anonymous,
    })
    if (!(Symbol.asyncIterator in stream)) throw new Error('the subscription was refused')
    const told: unknown[] = []
    const listening = (async () => {
      for await (const event of stream) told.push(JSON.parse(JSON.stringify(event)))
    })()
    await changeRole(editorId, 'VIEWER')
    // What others changed a moment before may come first.
    await vi.waitFor(() =>
      expect(told).toContainEqual({ data: { principalChanged: { userId: editorId, apiKeyId: null } } }),
    )
    await stream.return?.()
    await listening
  })
})

describe('removing a member', () => {
  test('ends the membership and leaves the user', async () => {
    expect(await remove(editorId)).toEqual({
      removedUserId: toGlobalId('User', editorId),
      userErrors: [],
    })
    expect(await rolesNow()).toEqual(['OWNER'])
    expect(await tenancy.seed.sql`select from tenancy.users where id = ${editorId}`).toHaveLength(1)
    expect(await remove(editorId)).toMatchObject({ userErrors: [{ code: 'NOT_FOUND', field: ['userId'] }] })
  })

  test('is open to everybody for themselves, except the last owner', async () => {
    expect(await remove(ownerId, editor())).toMatchObject({ userErrors: [{ code: 'FORBIDDEN' }] })
    expect(await remove(editorId, editor())).toMatchObject({ userErrors: [] })
    expect(await remove(ownerId)).toMatchObject({ userErrors: [{ code: 'CONFLICT', field: ['userId'] }] })
  })

  test('leaves the company an owner also when an administrator of the platform does it', async () => {
    const admin = await tenancy.seed.user({ is_platform_admin: true })
    expect(await remove(ownerId, platformAdmin(admin.id))).toMatchObject({
      userErrors: [{ code: 'CONFLICT' }],
    })
    expect(await remove(editorId, platformAdmin(admin.id))).toMatchObject({ userErrors: [] })
  })
})

describe('API keys', () => {
  const create = (input: Record<string, unknown> = {}, caller = owner()) =>
    tenancy.mutate(caller, 'createApiKey', 'apiKey { id name prefix role expiresAt } secret', {
      companyId: toGlobalId('Company', companyId),
      name: 'Shop',
      role: 'EDITOR',
      ...input,
    })
  const revoke = (id: string, caller = owner()) =>
    tenancy.mutate(caller, 'revokeApiKey', 'apiKey { id revokedAt }', { id })
  const idOf = (created: Record<string, unknown>) => asText((created['apiKey'] as { id: unknown }).id)

  test('show their secret once and keep its hash alone', async () => {
    const { apiKey: made, secret } = await create()
    expect(made).toMatchObject({ name: 'Shop', role: 'EDITOR', expiresAt: null })
    const { prefix } = made as { prefix: string }
    expect(secret).toMatch(/^arv_[a-z0-9]{10}_[\w-]{43}$/)
    expect(asText(secret).startsWith(`${prefix}_`)).toBe(true)
    const [row] = await tenancy.seed.sql`
      select row_to_json(k)::text as kept from tenancy.api_keys k where prefix = ${prefix}`
    expect(JSON.stringify(row)).not.toContain(asText(secret).slice(prefix.length + 1))
    const [entry] = await tenancy.seed.sql`
      select changes::text from log.audit_entries where company_id = ${companyId} and action = 'api-key.create'`
    expect(JSON.stringify(entry)).not.toContain(asText(secret).slice(prefix.length + 1))
  })

  test('stand for themselves while they live, and note their use at most once a minute', async () => {
    const { secret } = await create()
    const principal = await tenancy.principalOfKey(asText(secret))
    expect(principal).toMatchObject({ kind: 'apiKey', companyId, role: 'EDITOR' })
    const lastUse = async () => {
      const [row] = await tenancy.seed.sql<{ at: Date | null }[]>`
        select last_used_at as at from tenancy.api_keys where company_id = ${companyId}`
      return row?.at ?? null
    }
    await expect.poll(lastUse).not.toBeNull()
    const first = await lastUse()
    await tenancy.principalOfKey(asText(secret))
    expect(await lastUse()).toEqual(first)
  })

  test('end when they are revoked, however often, and say so', async () => {
    const created = await create()
    const id = idOf(created)
    const { apiKey: revoked } = await revoke(id)
    expect(revoked).toMatchObject({ id, revokedAt: expect.any(String) })
    expect(await revoke(id)).toEqual({ apiKey: revoked, userErrors: [] })
    expect(await tenancy.principalOfKey(asText(created['secret']))).toBeNull()
    const events = await tenancy.seed.sql`
      select subject_type from log.events where company_id = ${companyId} and type = 'principal.changed'`
    expect([...events]).toEqual([{ subject_type: 'apiKey' }])
  })

  test('end when their time is over', async () => {
    const { secret } = await create({ expiresAt: new Date(Date.now() + 60_000).toISOString() })
    await tenancy.seed.sql`
      update tenancy.api_keys set expires_at = now() - interval '1 second' where company_id = ${companyId}`
    expect(await tenancy.principalOfKey(asText(secret))).toBeNull()
  })

  test('that nobody made stand for nobody', async () => {
    expect(await tenancy.principalOfKey(`arv_abcdefghij_${'A'.repeat(43)}`)).toBeNull()
  })

  test('are refused with all that is wrong', async () => {
    expect(await create({ name: ' ', expiresAt: '2020-01-01T00:00:00Z' })).toEqual({
      apiKey: null,
      secret: null,
      userErrors: [
        { code: 'INVALID', field: ['name'], message: 'Give 1 to 100 characters.' },
        { code: 'INVALID', field: ['expiresAt'], message: 'Give a moment in the future.' },
      ],
    })
  })

  test('are at most fifty that work', async () => {
    await tenancy.seed.sql`
      insert into tenancy.api_keys (company_id, name, prefix, secret_hash, role)
      select ${companyId}, 'k', 'p' || ${companyId}::int || '-' || n, sha256((${companyId}::int || '-' || n)::text::bytea), 'VIEWER'
      from generate_series(1, 49) n`
    const answers = await Promise.all([create(), create(), create()])
    expect(answers.filter(({ apiKey: made }) => made !== null)).toHaveLength(1)
  })

  test('are made, seen and revoked by owners in person', async () => {
    const id = idOf(await create())
    const keyCaller = apiKey(1, companyId, 'OWNER')
    for (const caller of [editor(), keyCaller]) {
      expect(await create({}, caller)).toMatchObject({ apiKey: null, userErrors: [{ code: 'FORBIDDEN' }] })
      expect(await revoke(id, caller)).toMatchObject({ apiKey: null, userErrors: [{ code: 'FORBIDDEN' }] })
      const QUERY = 'query ($id: ID!) { company(id: $id) { name apiKeys { id } } }'
      const seen = await tenancy.execute(caller, QUERY, { id: toGlobalId('Company', companyId) })
      expect(seen.data).toMatchObject({ company: { apiKeys: null } })
      expect(seen.errors).toMatchObject([{ path: ['company', 'apiKeys'], extensions: { code: 'FORBIDDEN' } }])
    }
  })

  test('of another company are not there', async () => {
    const id = idOf(await create())
    const other = await tenancy.seed.company()
    const stranger = await tenancy.seed.user()
    await tenancy.seed.membership(other.id, stranger.id, 'OWNER')
    expect(await revoke(id, member(stranger.id, [other.id, 'OWNER']))).toEqual({
      apiKey: null,
      userErrors: [{ code: 'NOT_FOUND', field: ['id'], message: 'There is no such API key.' }],
    })
  })

  test('act in their own name in what they change, as long as the rows say so', async () => {
    const created = await create()
    const [row] = await tenancy.seed.sql<{ id: number }[]>`
      select id from tenancy.api_keys where company_id = ${companyId}`
    const caller = apiKey(row?.id ?? 0, companyId, 'EDITOR')
    const createProject = () =>
      tenancy.mutate(caller, 'createProject', 'project { name }', {
        companyId: toGlobalId('Company', companyId),
        name: 'By a machine',
      })
    expect(await createProject()).toMatchObject({ project: { name: 'By a machine' }, userErrors: [] })
    const [entry] = await tenancy.seed.sql`
      select actor from log.audit_entries where company_id = ${companyId} and action = 'project.create'`
    expect(entry).toEqual({ actor: `key:${row?.id}` })
    // The gateway may still think so for a moment; the rows know better.
    await revoke(idOf(created))
    expect(await createProject()).toMatchObject({ project: null, userErrors: [{ code: 'NOT_FOUND' }] })
  })
})

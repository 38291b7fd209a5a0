import { toGlobalId } from '@arv/relay'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  anonymous,
  member,
  platformAdmin,
  startTenancy,
  type TenancyUnderTest,
} from './tenancy-under-test.ts'

let tenancy: TenancyUnderTest
let companyId: number
let ownerId: number

beforeAll(async () => {
  tenancy = await startTenancy()
})

afterAll(() => tenancy.stop())

beforeEach(async () => {
  const company = await tenancy.seed.company()
  const owner = await tenancy.seed.user()
  await tenancy.seed.membership(company.id, owner.id, 'OWNER')
  companyId = company.id
  ownerId = owner.id
})

const owner = () => member(ownerId, [companyId, 'OWNER'])
let people = 0
const newPerson = () => ({
  companyId: toGlobalId('Company', companyId),
  email: `new-${++people}@example.com`,
  name: 'Bob',
  password: 'a password of his',
  role: 'EDITOR',
})
const add = (input: Record<string, unknown>, caller = owner()) =>
  tenancy.mutate(
    caller,
    'addMember',
    'member { role user { email name isPlatformAdmin memberships { role } } company { id } }',
    { ...newPerson(), ...input },
  )

describe('adding a member', () => {
  test('makes somebody new a user who can sign in', async () => {
    const person = newPerson()
    expect(await add({ ...person, name: ' Bob ' })).toEqual({
      member: {
        role: 'EDITOR',
        user: { email: person.email, name: 'Bob', isPlatformAdmin: false, memberships: [{ role: 'EDITOR' }] },
        company: { id: person.companyId },
      },
      userErrors: [],
    })
    const { email, password } = person
    const signedIn = await tenancy.mutate(anonymous, 'signIn', 'session { user { name } }', {
      email,
      password,
    })
    expect(signedIn).toEqual({ session: { user: { name: 'Bob' } }, userErrors: [] })
  })

  test('tells those who keep principals, and the audit log, which knows no secret', async () => {
    await add({ email: 'audited@example.com' })
    const [user] = await tenancy.seed.sql<{ id: number }[]>`
      select id from tenancy.users where email = 'audited@example.com'`
    const events = await tenancy.seed.sql`
      select type, subject_type, subject_id, payload from log.events where company_id = ${companyId}`
    expect([...events]).toEqual([
      { type: 'principal.changed', subject_type: 'user', subject_id: user?.id, payload: {} },
    ])
    const entries = await tenancy.seed.sql`
      select actor, action, entity_type, changes from log.audit_entries where company_id = ${companyId}`
    expect([...entries]).toEqual([
      {
        actor: `user:${ownerId}`,
        action: 'member.add',
        entity_type: 'Membership',
        changes: { userId: user?.id, role: 'EDITOR' },
      },
    ])
  })

  test('adds somebody who is on the platform already as they are', async () => {
    const known = await tenancy.seed.user({
      email: 'Known@example.com',
      name: 'Known',
      password_hash: null,
      email_confirmed_at: new Date().toISOString(),
    })
    expect(await add({ email: 'known@EXAMPLE.com', name: 'Other', role: 'VIEWER' })).toMatchObject({
      member: { role: 'VIEWER', user: { email: 'Known@example.com', name: 'Known' } },
      userErrors: [],
    })
    const [row] = await tenancy.seed.sql`select name, password_hash from tenancy.users where id = ${known.id}`
    expect(row).toEqual({ name: 'Known', password_hash: null })
  })

  test('does not take another company’s account for the person behind an address before they confirm it', async () => {
    const person = newPerson()
    const other = await tenancy.seed.company()
    const stranger = await tenancy.seed.user()
    await tenancy.seed.membership(other.id, stranger.id, 'OWNER')
    const theirs = { ...person, companyId: toGlobalId('Company', other.id), password: 'known to strangers' }
    await add(theirs, member(stranger.id, [other.id, 'OWNER']))
    expect(await add(person)).toMatchObject({
      member: null,
      userErrors: [{ code: 'CONFLICT', field: ['email'] }],
    })

    const admin = await tenancy.seed.user({ is_platform_admin: true })
    const third = await tenancy.seed.company()
    const byAdmin = { ...person, companyId: toGlobalId('Company', third.id) }
    expect(await add(byAdmin, platformAdmin(admin.id))).toMatchObject({ userErrors: [] })

    await tenancy.seed.sql`update tenancy.users set email_confirmed_at = now() where email = ${person.email}`
    expect(await add(person)).toMatchObject({ member: { role: 'EDITOR' }, userErrors: [] })
  })

  test('refuses somebody who is a member already', async () => {
    const person = newPerson()
    await add(person)
    expect(await add({ ...person, role: 'OWNER' })).toEqual({
      member: null,
      userErrors: [
        { code: 'CONFLICT', field: ['email'], message: 'This person is a member of the company already.' },
      ],
    })
  })

  test('of one new address ten times at once makes one user and one member', async () => {
    const person = newPerson()
    const answers = await Promise.all(Array.from({ length: 10 }, () => add(person)))
    expect(answers.filter(({ member: added }) => added !== null)).toHaveLength(1)
    const rows = await tenancy.seed.sql`
      select u.id from tenancy.users u join tenancy.memberships m on m.user_id = u.id where u.email = ${person.email}`
    expect(rows).toHaveLength(1)
  })

  test('says everything that is wrong with the form', async () => {
    expect(await add({ name: '', password: '123456789' })).toEqual({
      member: null,
      userErrors: [
        { code: 'INVALID', field: ['name'], message: 'Give 1 to 200 characters.' },
        { code: 'INVALID', field: ['password'], message: 'Give 10 to 200 characters.' },
      ],
    })
    expect(await add({ password: 'x'.repeat(201) })).toMatchObject({ userErrors: [{ field: ['password'] }] })
  })

  test('answers another company’s id, none’s, another type’s and garbage alike', async () => {
    const foreign = await tenancy.seed.company()
    for (const id of [
      toGlobalId('Company', foreign.id),
      toGlobalId('Company', 999_999),
      toGlobalId('Project', companyId),
      'garbage',
    ]) {
      expect(await add({ companyId: id })).toEqual({
        member: null,
        userErrors: [{ code: 'NOT_FOUND', field: ['companyId'], message: 'There is no such company.' }],
      })
    }
  })

  test('takes an owner', async () => {
    const editor = await tenancy.seed.user()
    await tenancy.seed.membership(companyId, editor.id, 'EDITOR')
    const forbidden = {
      member: null,
      userErrors: [
        {
          code: 'FORBIDDEN',
          field: null,
          message: 'This takes the role OWNER in the company; yours is EDITOR.',
        },
      ],
    }
    expect(await add({}, member(editor.id, [companyId, 'EDITOR']))).toEqual(forbidden)
    // The gateway may still think so for a second; the rows know better.
    expect(await add({}, member(editor.id, [companyId, 'OWNER']))).toEqual(forbidden)
    await expect(add({}, anonymous)).rejects.toThrow('UNAUTHENTICATED')
  })

  test('is possible for an owner who was removed a moment ago in no way', async () => {
    const gone = await tenancy.seed.user()
    expect(await add({}, member(gone.id, [companyId, 'OWNER']))).toMatchObject({
      userErrors: [{ code: 'NOT_FOUND', field: ['companyId'] }],
    })
  })

  test('may be done by the platform’s administrators in every company', async () => {
    const admin = await tenancy.seed.user({ is_platform_admin: true })
    expect((await add({}, platformAdmin(admin.id)))['userErrors']).toEqual([])
  })
})

describe('the members of a company', () => {
  const QUERY = `query ($id: ID!) { company(id: $id) { members { id role user { name } company { id } } } }`

  test('are listed in the order in which they joined', async () => {
    const [zoe, bob] = [await tenancy.seed.user({ name: 'Zoe' }), await tenancy.seed.user({ name: 'Bob' })]
    const first = await tenancy.seed.membership(companyId, zoe.id, 'VIEWER')
    const second = await tenancy.seed.membership(companyId, bob.id, 'EDITOR')
    const id = toGlobalId('Company', companyId)
    const { data } = await tenancy.execute(owner(), QUERY, { id })
    expect(data).toEqual({
      company: {
        members: [
          expect.objectContaining({ role: 'OWNER' }),
          { id: toGlobalId('Membership', first), role: 'VIEWER', user: { name: 'Zoe' }, company: { id } },
          { id: toGlobalId('Membership', second), role: 'EDITOR', user: { name: 'Bob' }, company: { id } },
        ],
      },
    })
  })

  test('show of their other companies only those that the caller works in, too', async () => {
    const other = await tenancy.seed.company()
    const bob = await tenancy.seed.user({ name: 'Bob' })
    await tenancy.seed.membership(companyId, bob.id, 'VIEWER')
    await tenancy.seed.membership(other.id, bob.id, 'OWNER')
    const { data } = await tenancy.execute(
      owner(),
      'query ($id: ID!) { company(id: $id) { members { user { memberships { role } } } } }',
      { id: toGlobalId('Company', companyId) },
    )
    expect(data).toEqual({
      company: {
        members: [
          { user: { memberships: [{ role: 'OWNER' }] } },
          { user: { memberships: [{ role: 'VIEWER' }] } },
        ],
      },
    })
  })
})

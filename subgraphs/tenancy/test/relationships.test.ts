import { toGlobalId } from '@arv/relay'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { asObject, member, platformAdmin, startTenancy, type TenancyUnderTest } from './tenancy-under-test.ts'

let tenancy: TenancyUnderTest
let adminId: number

beforeAll(async () => {
  tenancy = await startTenancy()
  adminId = (await tenancy.seed.user({ is_platform_admin: true })).id
})

afterAll(() => tenancy.stop())

describe('statements', () => {
  const QUERY = `query ($first: Int) {
    companies(first: $first) {
      totalCount
      edges { node {
        name createdBy { name }
        members { role user { email memberships { role } } company { name } }
        projects(first: 3) { totalCount edges { node { name company { name } } } }
        archived: projects(filter: { status: ARCHIVED }) { edges { node { name } } }
      } }
    }
  }`

  test('are as many for fifty companies as for one', async () => {
    for (let index = 0; index < 50; index++) {
      const company = await tenancy.seed.company({ created_by: adminId })
      const user = await tenancy.seed.user()
      await tenancy.seed.membership(company.id, user.id, 'OWNER')
      for (let project = 0; project < 4; project++) await tenancy.seed.project(company.id)
    }
    const ask = (first: number) => async () => {
      const { data, errors } = await tenancy.execute(platformAdmin(adminId), QUERY, { first })
      expect(errors).toBeUndefined()
      const { edges } = asObject(data?.['companies'])
      expect(edges).toHaveLength(first)
    }
    const one = await tenancy.statementsOf(ask(1))
    const fifty = await tenancy.statementsOf(ask(50))
    expect(fifty).toHaveLength(one.length)
  })
})

describe('references from other subgraphs', () => {
  const QUERY = `query ($representations: [_Any!]!) {
    _entities(representations: $representations) {
      ... on Company { name } ... on Project { slug } ... on User { email } ... on Membership { role }
    }
  }`

  test('are answered in order, and with null for what isn’t there for the caller', async () => {
    const [mine, foreign] = [await tenancy.seed.company({ name: 'Mine' }), await tenancy.seed.company()]
    const ann = await tenancy.seed.user({ email: 'ann.ref@example.com' })
    const stranger = await tenancy.seed.user()
    const membership = await tenancy.seed.membership(mine.id, ann.id, 'EDITOR')
    const foreignMembership = await tenancy.seed.membership(foreign.id, stranger.id, 'OWNER')
    const project = await tenancy.seed.project(mine.id, { slug: 'spring' })
    const foreignProject = await tenancy.seed.project(foreign.id)
    const reference = (__typename: string, id: number) => ({ __typename, id: toGlobalId(__typename, id) })
    const representations = [
      reference('Project', project),
      reference('Company', foreign.id),
      reference('Company', mine.id),
      reference('Project', foreignProject),
      reference('User', ann.id),
      reference('User', stranger.id),
      reference('Membership', membership),
      reference('Membership', foreignMembership),
      { __typename: 'Company', id: 'garbage' },
      { __typename: 'Company', id: toGlobalId('Project', mine.id) },
    ]
    const caller = member(ann.id, [mine.id, 'EDITOR'])
    expect(await tenancy.execute(caller, QUERY, { representations })).toEqual({
      data: {
        _entities: [
          { slug: 'spring' },
          null,
          { name: 'Mine' },
          null,
          { email: 'ann.ref@example.com' },
          null,
          { role: 'EDITOR' },
          null,
          null,
          null,
        ],
      },
    })
  })
})

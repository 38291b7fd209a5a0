import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Client, textAt } from './client.ts'
import { type Platform, SHAPES, startPlatform } from './platform.ts'

const PASSWORD = 'a password of theirs'

/** People and machines of a company come, get other roles, and go; each test goes on from the one before. */
describe.for(SHAPES)('in %s', (shape) => {
  let platform: Platform
  let admin: Client
  let companyId: string
  let bob: { readonly id: string; readonly client: Client }

  const signIn = async (email: string, password: string) => {
    const data = await platform.client().send('SignIn', { input: { email, password } })
    return platform.client(textAt(data, 'signIn', 'session', 'accessToken'))
  }
  const createProject = (client: Client, name: string) =>
    client.send('CreateProject', { input: { companyId, name } })

  const changeRole = (role: string) =>
    admin.send('ChangeMemberRole', { input: { companyId, userId: bob.id, role } })

  beforeAll(async () => {
    platform = await startPlatform(shape)
    admin = await signIn(platform.administrator.email, platform.administrator.password)
    const created = await admin.send('CreateCompany', { input: { name: 'Print & Co' } })
    companyId = textAt(created, 'createCompany', 'company', 'id')
    const email = 'bob@arv.example'
    const added = await admin.send('AddMember', {
      input: { companyId, email, name: 'Bob', password: PASSWORD, role: 'EDITOR' },
    })
    bob = {
      id: textAt(added, 'addMember', 'member', 'user', 'id'),
      client: await signIn(email, PASSWORD),
    }
  }, 120_000)

  afterAll(() => platform.close())

  test('another role counts from the very next request', async () => {
    expect(await createProject(bob.client, 'While an editor')).toMatchObject({
      createProject: { userErrors: [] },
    })
    expect(await changeRole('VIEWER')).toEqual({
      changeMemberRole: { member: { role: 'VIEWER', user: { id: bob.id } }, userErrors: [] },
    })
    expect(await createProject(bob.client, 'As a viewer')).toMatchObject({
      createProject: { project: null, userErrors: [{ code: 'FORBIDDEN' }] },
    })
  })

  test('what was subscribed to with another role ends as soon as it changes', async () => {
    const events = bob.client.subscribe('RotationChanged', { companyId })
    let ending: unknown
    void events.next().catch((reason: unknown) => (ending = reason))
    // Nothing tells a client that its subscription has begun: the role changes until it must have.
    await vi.waitFor(
      async () => {
        await changeRole('EDITOR')
        await changeRole('VIEWER')
        expect(ending).toMatchObject([
          {
            message: 'What you may see has changed. Subscribe again.',
            extensions: { code: 'FORBIDDEN' },
          },
        ])
      },
      { timeout: 20_000, interval: 200 },
    )
  })

  test('who was removed sees nothing from the very next request', async () => {
    expect(await bob.client.send('Company', { id: companyId })).toMatchObject({
      company: { name: 'Print & Co' },
    })
    const input = { companyId, userId: bob.id }
    expect(await admin.send('RemoveMember', { input })).toEqual({
      removeMember: { removedUserId: bob.id, userErrors: [] },
    })
    expect(await bob.client.send('Company', { id: companyId })).toEqual({ company: null })
    expect(await bob.client.send('Me')).toMatchObject({ me: { memberships: [] } })
  })

  test('a machine works with a key until it is revoked, its subscriptions included', async () => {
    const made = await admin.send('CreateApiKey', {
      input: { companyId, name: 'Shop', role: 'EDITOR' },
    })
    const machine = platform.client(textAt(made, 'createApiKey', 'secret'))
    expect(await createProject(machine, 'By a machine')).toMatchObject({
      createProject: { userErrors: [] },
    })
    expect(await machine.send('Companies')).toMatchObject({
      companies: { edges: [{ node: { id: companyId } }] },
    })
    const events = machine.subscribe('RotationChanged', { companyId })
    const ending = events.next().catch((reason: unknown) => reason)

    const id = textAt(made, 'createApiKey', 'apiKey', 'id')
    expect(await admin.send('RevokeApiKey', { input: { id } })).toMatchObject({
      revokeApiKey: { apiKey: { id, revokedAt: expect.any(String) } },
    })
    await expect(createProject(machine, 'Too late')).rejects.toThrow('UNAUTHENTICATED')
    expect(await ending).toMatchObject({ code: 4403 })
    const access = await admin.send('CompanyAccess', { id: companyId })
    expect(access).toMatchObject({
      company: {
        members: [],
        apiKeys: [{ id, name: 'Shop', role: 'EDITOR', revokedAt: expect.any(String) }],
      },
    })
  })
})

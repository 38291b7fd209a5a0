import { toGlobalId } from '@arv/relay'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { callerOf, type Media, startMedia } from './start-media.ts'

let media: Media
let brokenId: number
let admin: ReturnType<typeof callerOf>

beforeAll(async () => {
  media = await startMedia()
  admin = callerOf((await media.seed.user({ is_platform_admin: true })).id, [], true)
  // A kind of storage that this process can't reach.
  const [row] = await media.seed.sql<{ id: number }[]>`
    insert into media.storage_connections (name, provider, credentials) values ('Far away', 'MINIO', 'v1') returning id`
  brokenId = row?.id ?? 0
})
afterAll(() => media.close())
beforeEach(() => media.seed.sql`delete from jobs.job where name = 'notification.raise'`)

const MUTATION = `mutation ($id: ID!) { testStorageConnection(input: { id: $id }) {
  storageConnection { name testStatus testError lastTestedAt version } userErrors { code field message } } }`
interface Payload {
  readonly storageConnection: unknown
  readonly userErrors: unknown
}
const testIt = async (id: string, caller = admin): Promise<Payload> => {
  const result = (await media.run(caller, MUTATION, { id })) as {
    data: { testStorageConnection: Payload }
  }
  return result.data.testStorageConnection
}
const notices = async () => {
  const rows = await media.seed.sql<{ data: Record<string, unknown> }[]>`
    select data from jobs.job where name = 'notification.raise' order by (data ->> 'companyId')::int`
  return rows.map(({ data }) => data)
}

describe('testing a storage', () => {
  test('writes down that it works, leaves nothing there, and tells nobody', async () => {
    const [row] = await media.seed.sql<{ id: number }[]>`
      select id from media.storage_connections where is_default`
    const before = await media.files()
    const payload = await testIt(toGlobalId('StorageConnection', row?.id ?? 0))
    expect(payload).toMatchObject({
      storageConnection: { testStatus: 'OK', testError: null, lastTestedAt: expect.any(String), version: 1 },
      userErrors: [],
    })
    expect(await media.files()).toEqual(before)
    expect(await notices()).toEqual([])
  })

  test('writes down what does not work, and tells the companies whose files lie there', async () => {
    const [one, other] = [
      await media.member('OWNER', { storage_connection_id: brokenId }),
      await media.member('OWNER', { storage_connection_id: brokenId }),
    ]
    const payload = await testIt(toGlobalId('StorageConnection', brokenId))
    expect(payload).toMatchObject({
      storageConnection: {
        name: 'Far away',
        testStatus: 'FAILED',
        testError: 'Storages of this kind are not supported yet.',
      },
      userErrors: [],
    })
    const told = { type: 'STORAGE_TEST_FAILED', storageConnectionId: brokenId, at: expect.any(String) }
    expect(await notices()).toEqual([
      { ...told, companyId: one.companyId },
      { ...told, companyId: other.companyId },
    ])
  })

  test('is done to all of them by the job', async () => {
    await media.seed.sql`update media.storage_connections set test_status = 'UNTESTED', test_error = null`
    const run = { id: 'x', attempt: 1, isLastAttempt: true, signal: new AbortController().signal }
    await media.subgraph.jobs['storage.test']?.({}, run)
    const rows = await media.seed.sql`
      select test_status as status from media.storage_connections order by is_default desc`
    expect([...rows]).toEqual([{ status: 'OK' }, { status: 'FAILED' }])
  })

  test('is for the platform’s administrators', async () => {
    const { caller } = await media.member('OWNER')
    const payload = await testIt(toGlobalId('StorageConnection', brokenId), caller)
    expect(payload).toMatchObject({
      storageConnection: null,
      userErrors: [{ code: 'FORBIDDEN' }],
    })
    const none = await testIt('garbage')
    expect(none.userErrors).toEqual([
      { code: 'NOT_FOUND', field: ['id'], message: 'There is no such storage connection.' },
    ])
  })
})

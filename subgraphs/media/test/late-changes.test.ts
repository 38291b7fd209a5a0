import { toGlobalId } from '@arv/relay'
import { createInProcessClient } from '@arv/subgraph'
import { parse } from 'graphql'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Media, startMedia } from './start-media.ts'

const DELETE = `mutation ($input: DeleteAssetInput!) {
  deleteAsset(input: $input) { deletedAssetId userErrors { code } }
}`
const NOT_DONE = {
  data: null,
  errors: [{ path: ['deleteAsset'], extensions: { code: 'SERVICE_UNAVAILABLE', outcome: 'NOT_DONE' } }],
}
let media: Media

beforeAll(async () => {
  media = await startMedia()
})
afterAll(() => media.close())

async function memberWithFile() {
  const member = await media.member()
  const { id } = await media.seed.asset(member.companyId)
  await media.seed
    .sql`update media.storage_usage set used_bytes = 10000000 where company_id = ${member.companyId}`
  const input = { id: toGlobalId('Asset', id) }
  const isThere = async () => (await media.seed.sql`select 1 from media.assets where id = ${id}`).length === 1
  return { ...member, input, isThere }
}

/** As the gateway sends it to another process. */
async function send(caller: Parameters<Media['tokenOf']>[0], input: object, commitWithin: string) {
  const response = await fetch(`${media.url}/graphql`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await media.tokenOf(caller)}`,
      'content-type': 'application/json',
      'x-arv-commit-within': commitWithin,
    },
    body: JSON.stringify({ query: DELETE, variables: { input } }),
  })
  return JSON.parse(await response.text())
}

test('a change that comes too late to its process is not committed, and says so', async () => {
  const { caller, input, isThere } = await memberWithFile()
  expect(await send(caller, input, '0')).toMatchObject(NOT_DONE)
  expect(await isThere()).toBe(true)
  expect(await send(caller, input, '10000')).toEqual({
    data: { deleteAsset: { deletedAssetId: input.id, userErrors: [] } },
  })
  expect(await isThere()).toBe(false)
})

test('nor is it in the same process', async () => {
  const { caller, input, isThere } = await memberWithFile()
  const client = createInProcessClient(media.subgraph, {
    logger: pino({ level: 'silent' }),
    deadlines: { commitMs: 0 },
  })
  const request = { document: parse(DELETE), query: DELETE, variables: { input }, caller }
  expect(JSON.parse(JSON.stringify(await client.execute(request)))).toMatchObject(NOT_DONE)
  expect(await isThere()).toBe(true)
})

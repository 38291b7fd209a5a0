import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Media, startMedia } from './start-media.ts'

let media: Media

beforeAll(async () => {
  media = await startMedia()
})
afterAll(() => media.close())

const EXPORT = `mutation ($companyId: ID!) { exportCompany(input: { companyId: $companyId }) {
  companyExport { status } userErrors { code field message } } }`

test('archives that nobody fetches are five at most: they are outside the quota', async () => {
  const { caller, company, companyId } = await media.member('OWNER')
  const { companyId: neighbourId } = await media.member('OWNER')
  const { sql } = media.seed
  const keep = (id: number, archives: number) => sql`
    insert into media.company_exports
      (company_id, status, storage_connection_id, path, file_name, size_bytes, checksum_sha256, finished_at, expires_at)
    select ${id}, 'COMPLETED', c.storage_connection_id, 'exports/' || n, 'all.zip', 1, 'x', now(), now() + interval '1 day'
    from tenancy.companies c, generate_series(1, ${archives}) n where c.id = ${id}`
  await keep(companyId, 5)
  await keep(neighbourId, 5)
  const begin = () => media.run(caller, EXPORT, { companyId: company })

  const message = '5 archives of this company are kept: use one of them, or wait until the oldest is removed.'
  expect(await begin()).toEqual({
    data: {
      exportCompany: {
        companyExport: null,
        userErrors: [{ code: 'LIMIT_REACHED', field: ['companyId'], message }],
      },
    },
  })
  await sql`update media.company_exports set status = 'REMOVED' where company_id = ${companyId} and path = 'exports/1'`
  expect(await begin()).toEqual({
    data: { exportCompany: { companyExport: { status: 'GATHERING' }, userErrors: [] } },
  })
})

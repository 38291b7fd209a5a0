import { afterAll, beforeAll, expect, test } from 'vitest'
import { drawFrom } from './draw-from.ts'
import { type Examination, startExamination } from './examination.ts'

let examination: Examination

beforeAll(async () => {
  examination = await startExamination()
}, 240_000)

afterAll(() => examination.close())

const RUNS = 200
/** How the law names what an answer says of another tenant, and where. */
const LEAK = /^in \S+: /m

// Policies alone are no test of it: with none left, lists and loaders still ask for their own companies only.
test('whoever is let into a company by mistake is noticed', async () => {
  const { sql } = examination.platform
  const draw = drawFrom(1)
  let noticed = 0
  for (let run = 0; run < RUNS; run++) {
    // Again each time: after a change the law puts back what was planted.
    await sql`
      insert into tenancy.memberships (company_id, user_id, role)
      select distinct other.company_id, m.user_id, 'OWNER'
      from tenancy.memberships m join tenancy.memberships other on other.company_id <> m.company_id
      on conflict do nothing`
    await examination.holdTo(draw).catch((error: unknown) => {
      if (error instanceof Error && LEAK.test(error.message)) noticed++
    })
  }
  expect(noticed).toBeGreaterThan(0)
})

import { afterAll, beforeAll, expect, test } from 'vitest'
import { drawFrom } from './draw-from.ts'
import { type Examination, startExamination } from './examination.ts'

let examination: Examination

beforeAll(async () => {
  examination = await startExamination()
}, 240_000)

afterAll(() => examination.close())

const RUNS = 500

test('without row-level policies the API breaks the law, and the law notices', async () => {
  const { sql } = examination.platform
  const policies = await sql<{ name: string }[]>`
    select format('%I.%I', schemaname, tablename) as name from pg_policies where policyname = 'tenant'`
  for (const { name } of policies) await sql.unsafe(`alter policy tenant on ${name} using (true)`)
  const draw = drawFrom(1)
  let broken = 0
  for (let run = 0; run < RUNS; run++) {
    await examination.holdTo(draw).catch((error: unknown) => {
      if (error instanceof Error && error.message.includes('got at what is another’s')) broken++
      else throw error
    })
  }
  expect(broken).toBeGreaterThan(0)
})

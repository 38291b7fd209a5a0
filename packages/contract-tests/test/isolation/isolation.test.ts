import { assert, asyncProperty, gen, nat } from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { coordinates } from './api-schema.ts'
import { answerAll } from './answer-all.ts'
import { type Examination, startExamination } from './examination.ts'

/** `pnpm test:isolation -- --runs 10000 --seed 7` sets them. */
const RUNS = Number(process.env['ARV_ISOLATION_RUNS'] ?? 1000)
const SEED = Number(process.env['ARV_ISOLATION_SEED'] ?? 20_261_122)
const MS_PER_RUN = 300

let examination: Examination

beforeAll(async () => {
  examination = await startExamination()
}, 240_000)

afterAll(() => examination.close())

/** What nobody can be answered here, and why. */
const NEVER_ANSWERED: Readonly<Record<string, string>> = {
  'ViewSession.portrait': 'visits are listed by content only, and a visit is of a content or of a portrait',
  'ChangePasswordPayload.user': 'who changes their password ends the sessions that the law is held with',
  'EraseCompanyPayload.erasure': 'an erasure goes on by itself until nothing of the tenant is left',
  'Mutation.requestPasswordReset': 'this server sends no e-mail',
  'RequestPasswordResetPayload.userErrors': 'as above',
  'Company.erasure': 'shown while one goes on',
  'CompanyErasure.requestedBy': 'who asked for a planted erasure is seldom somebody who is there',
  'ActiveVideoExplanation.schedule': 'planted videos have windows of their own, which go before any schedule',
  'RotationTimelineEntry.schedule': 'as above',
}

test('every field of the API is answered to somebody who may see it', async () => {
  const wanted = coordinates.filter((name) => !(name in NEVER_ANSWERED))
  await answerAll(examination, SEED, wanted)
  expect(wanted.filter((name) => !examination.answered.has(name))).toEqual([])
}, 240_000)

test(
  `${RUNS} operations, whoever sends them, show and change nothing of another tenant`,
  async () => {
    const draws = gen()
    await assert(
      asyncProperty(draws, (value) => examination.holdTo((most) => value(nat, { max: most }))),
      { numRuns: RUNS, seed: SEED, endOnFailure: true },
    )
    // A law that is mostly refused says little.
    expect(examination.executed / examination.sent).toBeGreaterThan(0.8)
  },
  60_000 + RUNS * MS_PER_RUN,
)

test('the log of all this holds none of their texts', () => {
  const { log, planted } = examination.platform
  const texts = log
    .flatMap((line) => planted.canaries.find(line))
    .filter(({ text }) => text.startsWith('cnry-'))
  expect(log.length).toBeGreaterThan(0)
  expect([...new Set(texts.map(({ place }) => `${place?.table}.${place?.column}`))]).toEqual([])
})

import { Supergraph } from '@apollo/federation-internals'
import { type Action, denialOf, PERMISSIONS, type Principal, type Standing } from '@arv/identity'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { supergraphSdl } from '../contract.ts'
import { NULL_TO_OTHERS, OF_NO_COMPANY, SAYS_NO_TO_ALL, TRIALS } from './trials.ts'
import { type Answer, createWorld, type Tryer, type World } from './world.ts'

const ACTIONS = Object.keys(PERMISSIONS) as Action[]

/** Where each stands towards the company, and what they are. */
const TRYERS: Readonly<
  Record<Tryer, { readonly standing: Standing | 'SIGNED_IN' | null; readonly kind: Principal['kind'] }>
> = {
  NOBODY: { standing: null, kind: 'anonymous' },
  STRANGER: { standing: 'SIGNED_IN', kind: 'user' },
  VIEWER: { standing: 'VIEWER', kind: 'user' },
  EDITOR: { standing: 'EDITOR', kind: 'user' },
  OWNER: { standing: 'OWNER', kind: 'user' },
  PLATFORM_ADMIN: { standing: 'PLATFORM_ADMIN', kind: 'user' },
  KEY_VIEWER: { standing: 'VIEWER', kind: 'apiKey' },
  KEY_EDITOR: { standing: 'EDITOR', kind: 'apiKey' },
  KEY_OWNER: { standing: 'OWNER', kind: 'apiKey' },
}

/** For these it does not matter in which companies somebody is. */
const OF_THE_PLATFORM = new Set<Action>(['createCompany', 'eraseCompany', 'testStorageConnection'])

type Outcome = 'YES' | 'FORBIDDEN' | 'UNAUTHENTICATED' | 'NOT_FOUND'

let world: World

beforeAll(async () => {
  world = await createWorld()
}, 120_000)

afterAll(() => world.close())

test('the table has every mutation of the supergraph, and no other', () => {
  const schema = Supergraph.build(supergraphSdl).apiSchema().toGraphQLJSSchema()
  const mutations = Object.keys(schema.getMutationType()?.getFields() ?? {})
  expect(ACTIONS.filter((action) => !action.includes('.')).toSorted()).toEqual(mutations.toSorted())
})

describe.each(ACTIONS)('%s', (action) => {
  test('is open to those whom the table names, and to no others', async () => {
    const outcomes: Partial<Record<Tryer, string>> = {}
    const expected: Partial<Record<Tryer, Outcome>> = {}
    for (const tryer of Object.keys(TRYERS) as Tryer[]) {
      const { query, variables, undo } = await TRIALS[action](world, tryer)
      const before = await lastAuditEntryOf(tryer)
      const answer = await world.send(tryer, query, variables)
      await undo?.()
      outcomes[tryer] = outcomeOf(action, answer)
      expected[tryer] = expectedOutcome(action, tryer)
      if (outcomes[tryer] === 'YES' && isAudited(action)) {
        expect(await lastAuditEntryOf(tryer), `${tryer} leaves an audit entry`).toBeGreaterThan(before)
      }
    }
    expect(outcomes).toEqual(expected)
  })
})

function isAudited(action: Action): boolean {
  return !OF_NO_COMPANY.has(action) && !action.startsWith('Company.')
}

async function lastAuditEntryOf(tryer: Tryer): Promise<number> {
  const [row] = await world.seed.sql<{ id: number }[]>`
    select coalesce(max(id), 0)::int as id from log.audit_entries where actor = ${world.actors[tryer]}`
  return row?.id ?? 0
}

/** What the table says of somebody; who is of another company is told that there is nothing. */
function expectedOutcome(action: Action, tryer: Tryer): Outcome {
  const { standing, kind } = TRYERS[tryer]
  const { least } = PERMISSIONS[action]
  if (least === 'ANYONE') return 'YES'
  if (standing === null) return 'UNAUTHENTICATED'
  if (denialOf(action, standing, kind) === null) return 'YES'
  return standing === 'SIGNED_IN' && !OF_THE_PLATFORM.has(action) ? 'NOT_FOUND' : 'FORBIDDEN'
}

function outcomeOf(action: Action, { data, errors = [] }: Answer): string {
  const codes = errors.map(({ extensions: { code } }) => code)
  const [root] = Object.values(data ?? {})
  if (action.startsWith('Company.') && root === null && codes.length === 0) return 'NOT_FOUND'
  if (codes.length > 0) return codes.join(', ')
  if (NULL_TO_OTHERS.has(action)) return JSON.stringify(root).includes(':null') ? 'FORBIDDEN' : 'YES'
  const refusals = userErrorsOf(root)
  if (refusals.length === 0) return 'YES'
  const told = refusals.map(({ code }) => code).join(', ')
  const isOtherwise = SAYS_NO_TO_ALL.has(action) && told !== 'FORBIDDEN'
  return isOtherwise ? 'YES' : told
}

function userErrorsOf(payload: unknown): readonly { readonly code: string }[] {
  const isPayload = typeof payload === 'object' && payload !== null && 'userErrors' in payload
  return isPayload ? (payload.userErrors as { code: string }[]) : []
}

import { expect, test } from 'vitest'
import { z } from 'zod'
import { DEFAULT_LIMITS, LIMIT_VARIABLES, limitsOf, limitsToVariables } from './gateway-limits.ts'

test('the limits that no variable changes', () => {
  expect(DEFAULT_LIMITS).toEqual({
    tokens: 2000,
    depth: 16,
    breadth: 100,
    fields: 1000,
    aliases: 50,
    aliasesOfOneField: 10,
    mutations: 5,
    directives: 50,
    listItems: 100,
    variablesSize: 100_000,
    variablesDepth: 20,
    cost: 100_000,
    bodyBytes: 1_048_576,
    openSubscriptionsOfAddress: 5000,
    openSubscriptionsOfPrincipal: 500,
  })
})

test('each variable sets a limit of its own, and limits can be handed on by them', () => {
  const variables = Object.fromEntries(Object.keys(LIMIT_VARIABLES).map((name, i) => [name, String(i + 30)]))
  const limits = limitsOf(z.object(LIMIT_VARIABLES).parse(variables))
  expect(limits).toMatchObject({
    cost: 30,
    depth: 31,
    fields: 32,
    aliases: 33,
    tokens: 34,
    variablesSize: 35,
    bodyBytes: 36,
    openSubscriptionsOfAddress: 37,
    openSubscriptionsOfPrincipal: 38,
  })
  expect(limitsToVariables(limits)).toEqual(variables)
})

test.for(['0', '-1', '1.5', 'many', '100000000000000000000'])('a depth of %s is refused', (value) => {
  expect(z.object(LIMIT_VARIABLES).safeParse({ ARV_MAX_OPERATION_DEPTH: value }).success).toBe(false)
})

import { parse } from 'graphql'
import { describe, expect, test } from 'vitest'
import { DEEPEST_NESTING } from './limits.ts'
import { scanTokens } from './scan-tokens.ts'

const ENDLESS = { tokens: 1_000_000 }

describe('the tokens of a document', () => {
  test('are counted up to the limit', () => {
    expect(scanTokens('{ me { id } }', { tokens: 6 })).toBeNull()
    expect(scanTokens('{ me { id } }', { tokens: 5 })).toEqual({
      code: 'TOO_MANY_TOKENS',
      message: 'The document has more than 5 tokens.',
    })
  })

  test('are not read further than to the first that is too many', () => {
    expect(scanTokens('{ a b c "never closed', { tokens: 3 })?.code).toBe('TOO_MANY_TOKENS')
  })

  test('do not count comments, commas and spaces', () => {
    expect(scanTokens('{ # a b c d e f g\n , , , a }', { tokens: 3 })).toBeNull()
  })

  test('that are none are left to the parser', () => {
    expect(scanTokens('{ me "', ENDLESS)).toBeNull()
  })
})

/** Each of them nests a construct of the grammar. */
const NESTED: Readonly<Record<string, (depth: number) => string>> = {
  'selection sets': (depth) => `${'{a'.repeat(depth)}${'}'.repeat(depth)}`,
  'inline fragments': (depth) => `${'{...'.repeat(depth)}{a}${'}'.repeat(depth)}`,
  'lists in arguments': (depth) => `{a(b:${'['.repeat(depth)}${']'.repeat(depth)})}`,
  'objects in arguments': (depth) => `{a(b:${'{c:'.repeat(depth)}1${'}'.repeat(depth)})}`,
  'lists in arguments of directives': (depth) => `{a@b(c:${'['.repeat(depth)}${']'.repeat(depth)})}`,
  'list types of variables': (depth) => `query($a:${'['.repeat(depth)}Int${']'.repeat(depth)}){a}`,
  'lists in defaults of variables': (depth) => `query($a:Int=${'['.repeat(depth)}${']'.repeat(depth)}){a}`,
  'objects of a schema': (depth) => `type A @b(c:${'{c:'.repeat(depth)}1${'}'.repeat(depth)})`,
  'brackets that are never closed': (depth) => `{a(b:${'['.repeat(depth)}`,
}

describe.for(Object.entries(NESTED))('nested %s', ([, nest]) => {
  test('as deep as they may be do not overflow the stack of the parser', () => {
    const depths = Array.from({ length: DEEPEST_NESTING }, (_, depth) => depth + 1)
    const accepted = depths.filter((depth) => scanTokens(nest(depth), ENDLESS) === null)
    expect(accepted.length).toBeGreaterThanOrEqual(DEEPEST_NESTING - 2)
    for (const depth of accepted) expect(overflows(nest(depth))).toBe(false)
  })

  test.for([DEEPEST_NESTING + 1, 2000, 200_000])('%i deep are refused before they are parsed', (depth) => {
    expect(scanTokens(nest(depth), ENDLESS)).toEqual({
      code: 'OPERATION_TOO_DEEP',
      message: 'The document nests brackets more than 100 deep.',
    })
  })
})

function overflows(text: string): boolean {
  try {
    parse(text)
    return false
  } catch (error) {
    return error instanceof RangeError
  }
}

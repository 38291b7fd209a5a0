import { Lexer, Source, TokenKind } from 'graphql'
import { DEEPEST_NESTING } from './limits.ts'
import type { LimitProblem, OperationLimits } from './limits.ts'

const OPENING: ReadonlySet<string> = new Set([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L])
const CLOSING: ReadonlySet<string> = new Set([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R])

/**
 * What makes a document unfit for the parser: too many tokens, or brackets nested so deeply that parsing them would
 * overflow the stack. Reads one token after another, and no further than to the first that is too many. Text that is
 * no GraphQL is left to the parser to complain about.
 */
export function scanTokens(text: string, limits: Pick<OperationLimits, 'tokens'>): LimitProblem | null {
  const lexer = new Lexer(new Source(text))
  let tokens = 0
  let open = 0
  try {
    while (lexer.advance().kind !== TokenKind.EOF) {
      const { kind } = lexer.token
      tokens += 1
      if (tokens > limits.tokens) {
        return { code: 'TOO_MANY_TOKENS', message: `The document has more than ${limits.tokens} tokens.` }
      }
      if (OPENING.has(kind)) open += 1
      if (CLOSING.has(kind)) open -= 1
      if (open > DEEPEST_NESTING) {
        return {
          code: 'OPERATION_TOO_DEEP',
          message: `The document nests brackets more than ${DEEPEST_NESTING} deep.`,
        }
      }
    }
  } catch {
    return null
  }
  return null
}

import { getOperationAST, GraphQLError, parse } from 'graphql'
import type { DocumentNode } from 'graphql'
import { LRUCache } from 'lru-cache'
import { checkDocument } from './check-document.ts'
import { checkVariables } from './check-variables.ts'
import type { Variables } from './check-variables.ts'
import type { CostModel } from './cost-model.ts'
import { estimateCost } from './estimate-cost.ts'
import type { LimitProblem, OperationLimits } from './limits.ts'
import { scanTokens } from './scan-tokens.ts'

export interface OperationRequest {
  readonly query: string
  /** Empty is as good as none: there is no such name, and servers leave it out. */
  readonly operationName?: string | null | undefined
  readonly variables?: Variables | null | undefined
}

export type OperationVerdict =
  | { readonly kind: 'fine'; readonly document: DocumentNode; readonly cost: number }
  /** `cost` is null when the operation was refused before it was estimated. */
  | { readonly kind: 'tooMuch'; readonly problem: LimitProblem; readonly cost: number | null }
  /** It is no GraphQL document. */
  | { readonly kind: 'malformed'; readonly error: GraphQLError }

type Reading = Exclude<OperationVerdict, { readonly kind: 'fine' }> | DocumentReading

interface DocumentReading {
  readonly kind: 'read'
  readonly document: DocumentNode
}

/** Says of an operation whether it is within the limits, from its text and variables alone. Never throws. */
export type CheckOperation = (request: OperationRequest) => OperationVerdict

interface OperationCheckOptions {
  readonly costs: CostModel
  readonly limits: OperationLimits
}

/** Characters of documents whose reading is remembered. */
const MOST_REMEMBERED = 4_000_000

/**
 * Checks operations before anything else is done with them: whatever comes after may rely on the limits, and on stacks
 * that don't overflow. The operation need not be valid. What is found of a text alone is remembered.
 */
export function createOperationCheck({ costs, limits }: OperationCheckOptions): CheckOperation {
  const { schema } = costs
  const readings = new LRUCache<string, Reading>({
    maxSize: MOST_REMEMBERED,
    // A document's tree takes about as much again as a few hundred characters.
    sizeCalculation: (_reading, text) => text.length + 500,
  })

  function read(text: string): Reading {
    const known = readings.get(text)
    if (known) return known
    const reading = readAnew(text)
    readings.set(text, reading)
    return reading
  }

  function readAnew(text: string): Reading {
    const unfit = scanTokens(text, limits)
    if (unfit) return { kind: 'tooMuch', problem: unfit, cost: null }
    try {
      const document = parse(text)
      const problem = checkDocument(document, schema, limits)
      return problem ? { kind: 'tooMuch', problem, cost: null } : { kind: 'read', document }
    } catch (error) {
      if (error instanceof GraphQLError) return { kind: 'malformed', error }
      throw error
    }
  }

  return ({ query, operationName, variables: given }) => {
    const reading = read(query)
    if (reading.kind !== 'read') return reading
    const { document } = reading
    const name = operationName === '' ? null : operationName
    const definition = getOperationAST(document, name) ?? undefined
    const variables = given ?? {}
    const problem = checkVariables(variables, definition, schema, limits)
    if (problem) return { kind: 'tooMuch', problem, cost: null }
    // No such operation: nothing will run, and whoever would run it says so.
    const cost = definition ? estimateCost({ document, definition, variables }, costs) : 0
    return cost > limits.cost
      ? { kind: 'tooMuch', problem: tooDear(cost, limits), cost }
      : { kind: 'fine', document, cost }
  }
}

function tooDear(cost: number, limits: OperationLimits): LimitProblem {
  return {
    code: 'COST_LIMIT_EXCEEDED',
    message: `The operation may cost ${cost}; the limit is ${limits.cost}. Ask for fewer fields, or for smaller pages.`,
  }
}

/** What an operation may be at most. Where nothing else is said, every spread of a fragment counts as its fields do. */
export interface OperationLimits {
  /** Lexical tokens of the document. */
  readonly tokens: number
  /** Fields one within another. */
  readonly depth: number
  /** Fields side by side in one selection set. */
  readonly breadth: number
  /** Fields of all levels. */
  readonly fields: number
  /** Fields of all levels that are given another name. */
  readonly aliases: number
  /** How often one field is given another name within one selection set. */
  readonly aliasesOfOneField: number
  /** Fields of a mutation's first level: each is a change. */
  readonly mutations: number
  readonly directives: number
  /** Items of one list in an argument or a variable, wherever in it. What a scalar holds is the scalar's own business. */
  readonly listItems: number
  /** Characters of the variables as JSON. */
  readonly variablesSize: number
  /** Objects and lists of the variables one within another. */
  readonly variablesDepth: number
  /** As `estimateCost` puts it. */
  readonly cost: number
}

/** Stable names of what is refused, for programs. */
export const LIMIT_CODES = [
  'COST_LIMIT_EXCEEDED',
  'FRAGMENT_CYCLE',
  'LIST_ARGUMENT_TOO_LONG',
  'OPERATION_TOO_BROAD',
  'OPERATION_TOO_DEEP',
  'OPERATION_TOO_LARGE',
  'TOO_MANY_ALIASES',
  'TOO_MANY_DIRECTIVES',
  'TOO_MANY_MUTATIONS',
  'TOO_MANY_TOKENS',
  'VARIABLES_TOO_DEEP',
  'VARIABLES_TOO_LARGE',
] as const

export type LimitCode = (typeof LIMIT_CODES)[number]

/** Why an operation is refused. */
export interface LimitProblem {
  readonly code: LimitCode
  /** A sentence for whoever wrote the operation: what was found, and what would be accepted. */
  readonly message: string
}

/**
 * How deep brackets may be nested in a document, and fragments within fragments: the parser and everything after it
 * recurse, and a stack overflows at about 1,500. No document that is worth writing comes near.
 */
export const DEEPEST_NESTING = 100

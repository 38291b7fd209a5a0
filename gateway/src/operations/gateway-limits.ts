import type { DefaultCosts, OperationLimits } from '@arv/operation-limits'
import { z } from 'zod'

/** What strangers and friends alike may send: docs/limits.md. */
export interface GatewayLimits extends OperationLimits {
  /** Of a request's body without its files, and of a WebSocket's message. */
  readonly bodyBytes: number
  /** Subscriptions that are open at a time in one gateway: of strangers, by address. */
  readonly openSubscriptionsOfAddress: number
  /** And of a user, or of an API key. */
  readonly openSubscriptionsOfPrincipal: number
}

const FIXED = {
  breadth: 100,
  aliasesOfOneField: 10,
  mutations: 5,
  directives: 50,
  listItems: 100,
  variablesDepth: 20,
}

const atLeastOne = z.coerce.number('a number is expected').int('a whole number is expected').positive()

/**
 * The limits that can be changed, by variable. Documents are read once, whoever they are from, so no variable lets them
 * become larger than what is read in a few milliseconds.
 */
export const LIMIT_VARIABLES = {
  ARV_MAX_OPERATION_COST: atLeastOne.default(100_000),
  ARV_MAX_OPERATION_DEPTH: atLeastOne.max(50).default(16),
  ARV_MAX_OPERATION_FIELDS: atLeastOne.max(10_000).default(1000),
  ARV_MAX_OPERATION_ALIASES: atLeastOne.max(10_000).default(50),
  ARV_MAX_OPERATION_TOKENS: atLeastOne.max(10_000).default(2000),
  ARV_MAX_VARIABLES_SIZE: atLeastOne.default(100_000),
  ARV_MAX_BODY_BYTES: atLeastOne.max(100_000_000).default(1_048_576),
  // An exhibition's visitors may all come from one address.
  ARV_MAX_OPEN_SUBSCRIPTIONS_PER_ADDRESS: atLeastOne.default(5000),
  ARV_MAX_OPEN_SUBSCRIPTIONS_PER_PRINCIPAL: atLeastOne.default(500),
}

const schema = z.object(LIMIT_VARIABLES)

/** The limits that the variables set, which `LIMIT_VARIABLES` has read. */
export function limitsOf(variables: z.infer<typeof schema>): GatewayLimits {
  return {
    ...FIXED,
    cost: variables.ARV_MAX_OPERATION_COST,
    depth: variables.ARV_MAX_OPERATION_DEPTH,
    fields: variables.ARV_MAX_OPERATION_FIELDS,
    aliases: variables.ARV_MAX_OPERATION_ALIASES,
    tokens: variables.ARV_MAX_OPERATION_TOKENS,
    variablesSize: variables.ARV_MAX_VARIABLES_SIZE,
    bodyBytes: variables.ARV_MAX_BODY_BYTES,
    openSubscriptionsOfAddress: variables.ARV_MAX_OPEN_SUBSCRIPTIONS_PER_ADDRESS,
    openSubscriptionsOfPrincipal: variables.ARV_MAX_OPEN_SUBSCRIPTIONS_PER_PRINCIPAL,
  }
}

/** The variables that set these limits. */
export function limitsToVariables(
  limits: GatewayLimits,
): Readonly<Record<keyof typeof LIMIT_VARIABLES, string>> {
  return {
    ARV_MAX_OPERATION_COST: String(limits.cost),
    ARV_MAX_OPERATION_DEPTH: String(limits.depth),
    ARV_MAX_OPERATION_FIELDS: String(limits.fields),
    ARV_MAX_OPERATION_ALIASES: String(limits.aliases),
    ARV_MAX_OPERATION_TOKENS: String(limits.tokens),
    ARV_MAX_VARIABLES_SIZE: String(limits.variablesSize),
    ARV_MAX_BODY_BYTES: String(limits.bodyBytes),
    ARV_MAX_OPEN_SUBSCRIPTIONS_PER_ADDRESS: String(limits.openSubscriptionsOfAddress),
    ARV_MAX_OPEN_SUBSCRIPTIONS_PER_PRINCIPAL: String(limits.openSubscriptionsOfPrincipal),
  }
}

/**
 * The answer's size is what takes memory and time, so every field of it costs a point, where the specification of
 * `@cost` has scalars for free; a list that doesn't say its size is taken for a page of the usual size.
 */
export const DEFAULT_COSTS: DefaultCosts = { composite: 1, leaf: 1, mutation: 10, listSize: 20 }

export const DEFAULT_LIMITS: GatewayLimits = limitsOf(schema.parse({}))

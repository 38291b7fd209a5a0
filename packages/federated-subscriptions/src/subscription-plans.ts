import type { DocumentNode, ValidationRule } from 'graphql'
import { getOperationAST, getVariableValues, GraphQLError, print, specifiedRules, validate } from 'graphql'
import { LRUCache } from 'lru-cache'
import type { FederatedSchema } from './federated-schema.ts'
import { toGraphQLError, withCode } from './graphql-errors.ts'
import type { PlannedSubscription } from './plan-subscription.ts'
import { planSubscription } from './plan-subscription.ts'
import { noRootConditions } from './root-conditions.ts'

export interface SubscriptionPlans {
  /** The plan of an operation, or why there is none. Both are answers for a client. */
  plan(
    document: DocumentNode,
    operationName: string | null | undefined,
  ): PlannedSubscription | readonly GraphQLError[]
}

/**
 * Validates and plans each operation once: planning costs milliseconds, and a thousand viewers send the same
 * operation. What is invalid is not kept, so that nonsense can't push out what is used.
 */
export function createSubscriptionPlans(
  schema: FederatedSchema,
  validationRules: readonly ValidationRule[],
  maxPlans: number,
): SubscriptionPlans {
  const plans = new LRUCache<string, PlannedSubscription>({ max: maxPlans })
  const rules = [...specifiedRules, ...validationRules]

  function make(
    document: DocumentNode,
    operationName: string | null | undefined,
    source: string,
  ): PlannedSubscription | readonly GraphQLError[] {
    const invalid = validateDocument(document)
    if (invalid.length > 0) return invalid.map((error) => withCode(error, 'GRAPHQL_VALIDATION_FAILED'))
    const operation = getOperationAST(document, operationName)
    if (operation?.operation !== 'subscription') return [notASubscription(operationName)]
    try {
      return planSubscription(schema, document, source, operation)
    } catch (error) {
      return [toGraphQLError(error)]
    }
  }

  function validateDocument(document: DocumentNode): readonly GraphQLError[] {
    const conditional = validate(schema.clientSchema, document, [noRootConditions])
    return conditional.length > 0 ? conditional : validate(schema.clientSchema, document, rules)
  }

  return {
    plan(document, operationName) {
      const source = print(document)
      const key = `${operationName ?? ''}\n${source}`
      const known = plans.get(key)
      if (known) return known
      const made = make(document, operationName, source)
      if (isPlanned(made)) plans.set(key, made)
      return made
    },
  }
}

export function isPlanned(plan: PlannedSubscription | readonly GraphQLError[]): plan is PlannedSubscription {
  return !Array.isArray(plan)
}

/** What is wrong with a client's variables: missing, unknown enum values, wrong input types. */
export function validateVariables(
  schema: FederatedSchema,
  { operation }: PlannedSubscription,
  variables: Readonly<Record<string, unknown>>,
): readonly GraphQLError[] {
  const definitions = operation.variableDefinitions ?? []
  const { errors } = getVariableValues(schema.clientSchema, definitions, variables, { maxErrors: 50 })
  return (errors ?? []).map((error) => withCode(error, 'BAD_USER_INPUT'))
}

function notASubscription(operationName: string | null | undefined): GraphQLError {
  const message = operationName
    ? `There is no subscription named "${operationName}".`
    : 'The document must hold one subscription, or name the one to run.'
  return new GraphQLError(message, { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } })
}

import { createHash } from 'node:crypto'
import { operationFromDocument } from '@apollo/federation-internals'
import type { FetchNode, QueryPlan } from '@apollo/query-planner'
import type { DocumentNode, FragmentDefinitionNode, OperationDefinitionNode } from 'graphql'
import { BREAK, Kind, parse, visit } from 'graphql'
import type { FederatedSchema } from './federated-schema.ts'

/** One operation against one schema: everything that does not depend on variables, caller or event. */
export interface PlannedSubscription {
  readonly document: DocumentNode
  /** The document's text. */
  readonly source: string
  readonly queryHash: string
  readonly operation: OperationDefinitionNode
  /** The name of the field that is subscribed to. */
  readonly rootField: string
  readonly fragments: Record<string, FragmentDefinitionNode>
  /** What the owner of the root field is subscribed to. */
  readonly primary: FetchNode
  readonly primaryDocument: DocumentNode
  /** What one event is executed over: `primary`, answered by the event, then the fetches from everyone else. */
  readonly eventPlan: QueryPlan
}

/**
 * Plans a *valid* subscription.
 *
 * `@apollo/gateway` refuses to execute subscriptions, but its planner separates them for others to do so: `primary`
 * is a subscription to the one service that owns the root field, `rest` what to fetch from the others per event
 * (https://github.com/apollographql/federation/blob/main/query-planner-js/src/QueryPlan.ts, `SubscriptionNode`).
 *
 * @throws when the planner refuses the operation, e.g. by its limit of recursive selections.
 */
export function planSubscription(
  schema: FederatedSchema,
  document: DocumentNode,
  source: string,
  operation: OperationDefinitionNode,
): PlannedSubscription {
  const { planner, apiSchema } = schema
  const options = operation.name ? { operationName: operation.name.value } : {}
  const { node } = planner.buildQueryPlan(
    operationFromDocument(apiSchema, document, { ...options, validate: false }),
  )
  if (node?.kind !== 'Subscription')
    throw new Error(`Planned as ${node?.kind ?? 'nothing'}, not as a subscription.`)

  const { primary, rest } = node
  const primaryDocument = primary.operationDocumentNode ?? parse(primary.operation)
  return {
    document,
    source,
    queryHash: createHash('sha256').update(source).digest('hex'),
    operation,
    rootField: rootFieldOf(primaryDocument),
    fragments: fragmentsOf(document),
    primary,
    primaryDocument,
    eventPlan: {
      kind: 'QueryPlan',
      node: rest ? { kind: 'Sequence', nodes: [primary, rest] } : primary,
    },
  }
}

/** The variables that a fetch uses, of those that were given; a service applies its own defaults. */
export function variablesOf(
  fetch: FetchNode,
  variables: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const names = (fetch.variableUsages ?? []).filter((name) => Object.hasOwn(variables, name))
  return Object.fromEntries(names.map((name) => [name, variables[name]]))
}

function fragmentsOf(document: DocumentNode): Record<string, FragmentDefinitionNode> {
  const fragments: Record<string, FragmentDefinitionNode> = Object.create(null)
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition
  }
  return fragments
}

/** Of a valid subscription, which has one root field. */
function rootFieldOf(document: DocumentNode): string {
  let name = ''
  visit(document, {
    Field(field) {
      name = field.name.value
      return BREAK
    },
  })
  return name
}

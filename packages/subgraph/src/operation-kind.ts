import { getOperationAST, OperationTypeNode } from 'graphql'
import type { DocumentNode } from 'graphql'

/** Whether running an operation may change anything. */
export function isMutation({
  document,
  operationName,
}: {
  readonly document: DocumentNode
  readonly operationName?: string | undefined
}): boolean {
  return getOperationAST(document, operationName)?.operation === OperationTypeNode.MUTATION
}

import type { Caller } from '@arv/identity'
import type { GraphQLError } from 'graphql'
import type { Logger } from 'pino'
import { maskError } from './errors.ts'
import type { Subgraph } from './subgraph.ts'

export type CommandOutcome =
  | { readonly kind: 'done'; readonly output: unknown }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'failed'; readonly error: GraphQLError }

/** Runs an internal command. What goes in and out is JSON in both shapes, so that neither hides what the other can't. */
export async function runCommand(
  subgraph: Subgraph,
  name: string,
  input: unknown,
  caller: Caller,
  logger: Logger,
): Promise<CommandOutcome> {
  const handler = Object.hasOwn(subgraph.commands, name) ? subgraph.commands[name] : undefined
  if (!handler) return { kind: 'unknown' }
  try {
    return { kind: 'done', output: asJson(await handler(asJson(input), caller)) }
  } catch (error) {
    return { kind: 'failed', error: maskError(error, logger, caller.requestId) }
  }
}

function asJson(value: unknown): unknown {
  return value === undefined ? null : JSON.parse(JSON.stringify(value))
}

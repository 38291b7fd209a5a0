import { GraphQLError } from 'graphql'
import type { ExecutionResult } from 'graphql'
import { z } from 'zod'

const errorSchema = z.object({
  message: z.string(),
  path: z.array(z.union([z.string(), z.number()])).nullish(),
  extensions: z.record(z.string(), z.unknown()).nullish(),
})
const resultSchema = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z.array(errorSchema).nullish(),
})

/** A GraphQL result that came over a wire, its errors made GraphQLErrors again; null when it is none. */
export function readWireResult(value: unknown): ExecutionResult | null {
  const parsed = resultSchema.safeParse(value)
  if (!parsed.success) return null
  const { data, errors } = parsed.data
  if (data === undefined && !errors?.length) return null
  return {
    ...(data === undefined ? {} : { data }),
    ...(errors?.length ? { errors: errors.map(toGraphQLError) } : {}),
  }
}

/** The errors of a refused subscription; null when the value is no list of errors. */
export function readWireErrors(value: unknown): GraphQLError[] | null {
  const parsed = z.array(errorSchema).min(1).safeParse(value)
  return parsed.success ? parsed.data.map(toGraphQLError) : null
}

function toGraphQLError({ message, path, extensions }: z.infer<typeof errorSchema>): GraphQLError {
  return new GraphQLError(message, { path: path ?? null, extensions: extensions ?? null })
}

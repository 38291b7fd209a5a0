import { parsePageArgs } from '@arv/relay'
import type { Ordering, Page, PageArgs } from '@arv/relay'
import { badUserInput } from './errors.ts'

/** @throws GraphQLError BAD_USER_INPUT that names the argument */
export function requirePage(args: PageArgs, ordering: Ordering): Page {
  const reading = parsePageArgs(args, ordering)
  if (reading.kind === 'invalid') throw badUserInput(reading.message, { field: reading.field })
  return reading.page
}

import type { Ordering } from '@arv/relay'
import { badUserInput } from '@arv/subgraph'
import { isPlain } from './field-rules.ts'

/** A list's `orderBy`, as the API says it. */
export interface OrderBy<Field extends string> {
  readonly field: Field
  readonly direction: 'ASC' | 'DESC'
}

/** How the columns behind an order field are compared. */
export type SortTypes<Field extends string> = Readonly<Record<Field, Omit<Ordering, 'key' | 'direction'>>>

const MAX_SEARCH_LENGTH = 200

export function orderingOf<Field extends string>(
  types: SortTypes<Field>,
  { field, direction }: OrderBy<Field>,
): Ordering {
  return { key: field, direction: direction === 'ASC' ? 'asc' : 'desc', ...types[field] }
}

/**
 * A filter whose search is one that a database can be asked for.
 * @throws GraphQLError BAD_USER_INPUT when it isn't
 */
export function requireSearch<Filter extends { readonly search?: string | null | undefined }>(
  filter: Filter,
): Filter {
  const search = filter.search ?? ''
  if (search.length > MAX_SEARCH_LENGTH || !isPlain(search)) {
    throw badUserInput(
      `"search" must be at most ${MAX_SEARCH_LENGTH} characters, none of them a control character.`,
      {
        field: 'filter.search',
      },
    )
  }
  return filter
}

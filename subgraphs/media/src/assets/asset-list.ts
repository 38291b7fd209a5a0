import { type Ordering, type Page, type PageArgs } from '@arv/relay'
import { badUserInput, requirePage } from '@arv/subgraph'
import type { AssetKind } from './assets.repository.ts'

/** Which files a list holds; null means any. */
export interface AssetFilter {
  readonly search: string | null
  /** Null for all that are no previews of others. */
  readonly kinds: readonly AssetKind[] | null
  readonly isUsed: boolean | null
}

type AssetSort = 'FILE_NAME' | 'CREATED_AT' | 'SIZE_BYTES'

/** A list's arguments, as the API takes them. */
export interface AssetListArgs extends PageArgs {
  readonly filter?:
    | {
        readonly search?: string | null | undefined
        readonly kindAny?: readonly AssetKind[] | null | undefined
        readonly isUsed?: boolean | null | undefined
      }
    | null
    | undefined
  readonly orderBy?: { readonly field: AssetSort; readonly direction: 'ASC' | 'DESC' } | null | undefined
}

/** What one query asks for, of whoever's files. */
export interface AssetList {
  readonly page: Page
  readonly sort: AssetSort
  readonly filter: AssetFilter
}

const SORT_TYPES = {
  FILE_NAME: 'text',
  CREATED_AT: 'timestamp',
  SIZE_BYTES: 'integer',
} as const satisfies Record<AssetSort, Ordering['type']>

const MAX_SEARCH_LENGTH = 200

/**
 * The newest first unless told otherwise.
 *
 * @throws GraphQLError BAD_USER_INPUT that names the argument
 */
export function readAssetList({ filter, orderBy, ...args }: AssetListArgs): AssetList {
  const { field: sort, direction } = orderBy ?? { field: 'CREATED_AT', direction: 'DESC' }
  const ordering: Ordering = {
    key: sort,
    direction: direction === 'ASC' ? 'asc' : 'desc',
    type: SORT_TYPES[sort],
  }
  const kinds = filter?.kindAny ?? []
  return {
    page: requirePage(args, ordering),
    sort,
    filter: {
      search: readSearch(filter?.search),
      kinds: kinds.length === 0 ? null : kinds,
      isUsed: filter?.isUsed ?? null,
    },
  }
}

/** A search for spaces alone is none. */
function readSearch(given: string | null | undefined): string | null {
  const search = given ?? ''
  // PostgreSQL's text holds no NUL.
  if (search.length > MAX_SEARCH_LENGTH || search.includes('\0')) {
    throw badUserInput(`"search" must be at most ${MAX_SEARCH_LENGTH} characters, without a NUL.`, {
      field: 'filter.search',
    })
  }
  return search.trim() || null
}

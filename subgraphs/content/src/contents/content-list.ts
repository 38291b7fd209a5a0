import type { Ordering } from '@arv/relay'
import type { MarkerStatus } from '../markers/marker.ts'

/** Which contents a list holds; null means any. */
export interface ContentFilter {
  readonly search: string | null
  readonly isActive: boolean | null
  readonly isPublished: boolean | null
  readonly markerStatus: MarkerStatus | null
  /** In place of those that are there, those that were deleted and can be restored. */
  readonly deleted: boolean
}

type Given<T> = { readonly [Key in keyof T]?: T[Key] | null | undefined }

/** A search for spaces alone is no search. */
export function contentFilter(given: Given<ContentFilter> | null | undefined): ContentFilter {
  const { search, isActive = null, isPublished = null, markerStatus = null } = given ?? {}
  // PostgreSQL's text holds no NUL, so nothing that holds one is found by it.
  return {
    search: search?.replaceAll('\0', '').trim() || null,
    isActive,
    isPublished,
    markerStatus,
    deleted: given?.deleted ?? false,
  }
}

/** The newest first unless told. */
export function contentOrdering(
  given: { readonly field: 'TITLE' | 'CREATED_AT'; readonly direction: 'ASC' | 'DESC' } | null | undefined,
): Ordering {
  const { field, direction } = given ?? { field: 'CREATED_AT', direction: 'DESC' }
  return {
    key: field,
    direction: direction === 'ASC' ? 'asc' : 'desc',
    type: field === 'TITLE' ? 'text' : 'timestamp',
  }
}

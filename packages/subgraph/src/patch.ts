import { isDeepStrictEqual } from 'node:util'
import { invalid, type UserError } from './user-errors.ts'

/*
 * An update leaves alone what is not given, and clears what is null. A patch says so field by field: `undefined` leaves
 * alone, `null` clears.
 */

/** A field that may be cleared. A text that `read` makes nothing of clears it, too. */
export function clearable<In, Out>(
  value: In | null | undefined,
  read: (value: In) => Out,
): Out | null | undefined {
  if (value === undefined) return undefined
  return value === null ? null : read(value)
}

/** A field that always has a value; `clearedProblems` refuses its null. */
export function kept<In, Out>(value: In | null | undefined, read: (value: In) => Out): Out | undefined {
  return value == null ? undefined : read(value)
}

/** What an update clears that always has a value. */
export function clearedProblems<Field extends string>(
  input: { readonly [Name in Field]?: unknown },
  fields: readonly Field[],
): UserError[] {
  return fields
    .filter((field) => input[field] === null)
    .map((field) => invalid(field, 'This can be changed, but not cleared.'))
}

/** For values that are taken as they are. */
export const asGiven = <T>(value: T): T => value

/** A JSON object as the database gives it, too: what comes from a document has no prototype, and equals nothing. */
export function plainObject(value: Record<string, unknown>): Record<string, unknown> {
  return structuredClone(value)
}

/** The fields of a patch that are otherwise than the entity's own, with their new values. */
export function changesOf<Entity extends object>(
  entity: Entity,
  patch: { readonly [Field in keyof Entity]?: Entity[Field] | undefined },
): Partial<Entity> {
  const changes: Partial<Entity> = {}
  for (const field in patch) {
    const value = patch[field]
    if (value !== undefined && !isDeepStrictEqual(value, entity[field])) changes[field] = value
  }
  return changes
}

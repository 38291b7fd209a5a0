import { asGiven, clearable, clearedProblems, kept, plainObject, type UserError } from '@arv/subgraph'
import type { UpdateArContentInput } from '../__generated__/resolver-types.ts'

/** Changes of a content's columns as they will be kept; undefined is what stays. Its image is another matter. */
export function readContentPatch(input: UpdateArContentInput) {
  return {
    title: kept(input.title, (title) => title.trim()),
    description: clearable(input.description, asGiven),
    isActive: kept(input.isActive, asGiven),
    expiresAt: clearable(input.expiresAt, asGiven),
    metadata: kept(input.metadata, plainObject),
  }
}

/** What the input clears and may not. */
export function clearedContentProblems(input: UpdateArContentInput): UserError[] {
  return clearedProblems(input, ['title', 'imageId', 'isActive', 'metadata'])
}

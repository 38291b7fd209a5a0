import { fromGlobalId, toGlobalId } from '@arv/relay'
import { failure, invalid } from '../../../../src/user-errors.ts'
import type { Resolvers } from '../__generated__/resolver-types.ts'

export const noteResolvers: Resolvers = {
  Query: {
    note: (_parent, { id }) =>
      fromGlobalId('Note', id) === null ? null : { id: 1, text: 'x', at: new Date(0) },
  },
  Note: {
    id: (note) => toGlobalId('Note', note.id),
    __resolveReference: (reference) => ({ id: Number(reference.id), text: '', at: new Date() }),
  },
  Author: {
    __resolveReference: (reference) => ({ id: reference.id }),
    notes: () => null,
  },
  Mutation: {
    addNote: (_parent, { input }, context) => {
      if (input.text === '' || context.userId === 0) return failure(invalid('text', 'Write something.'))
      return { note: { id: 1, text: input.text, at: new Date(0) }, userErrors: [] }
    },
  },
  Subscription: {
    noteAdded: {
      subscribe: () => (async function* () {})(),
      resolve: () => ({ id: 1, text: '', at: new Date(0) }),
    },
  },
}

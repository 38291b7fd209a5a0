import { buildSubgraphSchema } from '@apollo/subgraph'
import { badUserInput, loadTypeDefs, scalarResolvers } from '@arv/subgraph'
import type { Subgraph } from '@arv/subgraph'
import { createNotesContext } from './context.ts'
import type { NoteStore } from './notes/note-store.ts'
import { notesResolvers } from './notes/notes.resolvers.ts'

/** The smallest subgraph that has everything: what the package's tests host in both shapes. */
export function createNotesSubgraph(store: NoteStore): Subgraph {
  const typeDefs = loadTypeDefs(import.meta.dirname)
  return {
    name: 'content',
    schema: buildSubgraphSchema([{ typeDefs, resolvers: { ...scalarResolvers, ...notesResolvers } }]),
    createContext: (caller) => createNotesContext(caller, store),
    commands: {
      count: async (input, caller) => ({ input, notes: store.list().length, requestId: caller.requestId }),
      refuse: () => Promise.reject(badUserInput('No such folder.', { field: 'folderId' })),
      fail: () => Promise.reject(new Error('password authentication failed for user "notes"')),
      hang: () => new Promise(() => {}),
    },
    jobs: {},
    routes: (app) => void app.get('/files/:name', (request) => ({ url: request.url })),
    ready: () => Promise.resolve(),
    close: () => Promise.resolve(),
  }
}

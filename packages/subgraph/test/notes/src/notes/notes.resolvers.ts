import { createHash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { cursorExpired, failure, forbidden, invalid, readUpload, requirePage } from '@arv/subgraph'
import type { UploadedFile } from '@arv/subgraph'
import { fromGlobalId, keysetOf, toConnection, toGlobalId } from '@arv/relay'
import type { NoteStore } from './note-store.ts'
import type { NotesContext } from '../context.ts'
import type { Resolvers } from '../__generated__/resolver-types.ts'

export const notesResolvers: Resolvers = {
  Query: {
    note: (_parent, { id }, { store }) => store.find(fromGlobalId('Note', id) ?? 0),
    notes: (_parent, args, { store }) => {
      const page = requirePage(args, { key: 'ID', direction: 'asc', type: 'id' })
      const notes = store.list()
      return toConnection({
        page,
        rows: notes.filter((note) => note.id > (page.after?.id ?? 0)).slice(0, keysetOf(page).limit),
        positionOf: (note) => ({ sort: null, id: note.id }),
        nodeOf: (note) => note,
        totalCount: () => Promise.resolve(notes.length),
      })
    },
    asker: (_parent, _args, { caller: { principal, requestId, client } }) => ({
      userId: principal.kind === 'user' ? principal.userId : null,
      requestId,
      ...client,
    }),
    broken: () => {
      throw new Error('relation "notes" does not exist at 10.0.0.7:5432 in /srv/notes.ts')
    },
    offline: () => {
      throw Object.assign(new Error('connect ECONNREFUSED 10.0.0.7:5432'), { code: 'DATABASE_UNAVAILABLE' })
    },
    secret: () => {
      throw forbidden()
    },
    hung: () => new Promise<number>(() => {}),
  },
  Note: {
    __resolveReference: ({ id }, { store }) => store.find(fromGlobalId('Note', id) ?? 0),
    id: (note) => toGlobalId('Note', note.id),
    loads: (note, _args, { load }) => load(note.id).loads,
  },
  Mutation: {
    addNote: (_parent, { input }, { store }) =>
      input.text === ''
        ? failure(invalid('text', 'Write something.'))
        : { note: store.add(input.text), userErrors: [] },
    // All at once, for a client may send them in any order.
    async receive(_parent, { files, afterMs }, { store }) {
      await delay(afterMs ?? 0)
      return Promise.all(files.map((file) => receive(file, store)))
    },
    ignore: () => true,
  },
  Subscription: {
    noteAdded: {
      subscribe: (_parent, _args, { store }) => store.added(),
      resolve: (id: number, _args: unknown, { store }: NotesContext) =>
        store.find(id) ?? Promise.reject(new Error('No such note.')),
    },
    expired: {
      subscribe: () => {
        throw cursorExpired()
      },
      resolve: () => Promise.reject(new Error('There is no event to resolve.')),
    },
  },
}

async function receive(upload: UploadedFile, store: NoteStore) {
  const file = await upload
  store.reading += 1
  const hash = createHash('sha256')
  let sizeBytes = 0
  try {
    for await (const chunk of readUpload(file)) {
      hash.update(chunk)
      sizeBytes += chunk.length
    }
  } finally {
    store.reading -= 1
  }
  return { name: file.filename, sizeBytes, sha256: hash.digest('hex') }
}

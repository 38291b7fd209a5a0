import type { Caller } from '@arv/identity'
import type { Note } from './notes/note.ts'
import type { NoteStore } from './notes/note-store.ts'

export interface NotesContext {
  readonly caller: Caller
  readonly store: NoteStore
  /** How often this context was asked for a note: 1 when each operation and event has a context of its own. */
  readonly load: (id: number) => { note: Note | null; loads: number }
}

export function createNotesContext(caller: Caller, store: NoteStore): NotesContext {
  let loads = 0
  return { caller, store, load: (id) => ({ note: store.find(id), loads: ++loads }) }
}

import { EventEmitter, on } from 'node:events'
import type { Note } from './note.ts'

export interface NoteStore {
  /** How many files are being read right now. */
  reading: number
  readonly find: (id: number) => Note | null
  readonly list: () => readonly Note[]
  readonly add: (text: string) => Note
  /** Ids of the notes that are added from now on. */
  readonly added: () => AsyncIterable<number>
  /** How many subscriptions are open. */
  readonly watchers: () => number
}

export function createNoteStore(): NoteStore {
  const notes: Note[] = []
  const events = new EventEmitter<{ added: [number] }>()
  return {
    reading: 0,
    find: (id) => notes.find((note) => note.id === id) ?? null,
    list: () => notes,
    add(text) {
      const note = { id: notes.length + 1, text, at: new Date('2026-11-05T12:00:00Z') }
      notes.push(note)
      events.emit('added', note.id)
      return note
    },
    added: () => {
      const stream = on(events, 'added')
      return {
        [Symbol.asyncIterator]: () => ({
          async next() {
            const { value, done } = await stream.next()
            return done === true ? { done, value: undefined } : { done: false, value: Number(value[0]) }
          },
          async return() {
            await stream.return?.()
            return { done: true, value: undefined }
          },
        }),
      }
    },
    watchers: () => events.listenerCount('added'),
  }
}

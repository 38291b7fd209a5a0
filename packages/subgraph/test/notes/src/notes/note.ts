import type { Connection } from '@arv/relay'

export interface Note {
  readonly id: number
  readonly text: string
  readonly at: Date
}

export type NoteConnection = Connection<Note>

export interface NotesContext {
  readonly userId: number
}

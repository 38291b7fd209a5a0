import { subgraphCodegen } from '@arv/subgraph/codegen'

export default subgraphCodegen({
  contextType: '../context.ts#NotesContext',
  mappers: { Note: '../notes/note.ts#Note', NoteConnection: '../notes/note.ts#NoteConnection' },
})

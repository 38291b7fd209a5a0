export { type ExportedTable, exportPart, type ExportRequest } from './export-part.ts'
export { readExportLines, readExportTables } from './read-lines.ts'
export { type ErasedTable, eraseRows, type ErasureStep, finishStep, repeatErasing } from './erase-rows.ts'

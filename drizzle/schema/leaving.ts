import { integer, jsonb, pgSchema, primaryKey, text } from 'drizzle-orm/pg-core'
import { bytea, instant } from './columns.ts'

export const leaving = pgSchema('leaving')

/** Rows on their way into an export's archive, as JSON Lines. Each subgraph adds its own; media takes them. */
export const exportLines = leaving.table(
  'export_lines',
  {
    companyId: integer('company_id').notNull(),
    exportId: integer('export_id').notNull(),
    tableName: text('table_name').notNull(),
    sequence: integer('sequence').notNull(),
    rowCount: integer('row_count').notNull(),
    lines: text('lines').notNull(),
  },
  (table) => [primaryKey({ columns: [table.exportId, table.tableName, table.sequence] })],
)

/** Which subgraphs have given all their rows. */
export const exportParts = leaving.table(
  'export_parts',
  {
    companyId: integer('company_id').notNull(),
    exportId: integer('export_id').notNull(),
    part: text('part', { enum: ['tenancy', 'content', 'media', 'analytics'] }).notNull(),
    tables: text('tables').array().notNull(),
    takenAt: instant('taken_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.exportId, table.part] })],
)

/** How far an erasure is, and what stays of it. Written through functions of `leaving` only. */
export const erasures = leaving.table('erasures', {
  companyId: integer('company_id').primaryKey(),
  slugHash: bytea('slug_hash').notNull(),
  requestedBy: text('requested_by').notNull(),
  requestedAt: instant('requested_at').notNull().defaultNow(),
  step: text('step', { enum: ['PEOPLE', 'VIEWS', 'CONTENTS', 'FILES', 'REST', 'DONE'] })
    .notNull()
    .default('PEOPLE'),
  removed: jsonb('removed').$type<Record<string, number>>().notNull().default({}),
  finishedAt: instant('finished_at'),
})

import { sql } from 'drizzle-orm'
import { bigint, boolean, integer, jsonb, pgSchema, primaryKey, text } from 'drizzle-orm/pg-core'
import { bytea, createdAt, instant, xid8 } from './columns.ts'

export const log = pgSchema('log')

const currentTransaction = sql`pg_current_xact_id()`

/** The outbox. Appended through log.append_event only. */
export const events = log.table(
  'events',
  {
    id: bigint('id', { mode: 'number' }).notNull().generatedAlwaysAsIdentity(),
    tx: xid8('tx').notNull().default(currentTransaction),
    companyId: integer('company_id').notNull(),
    type: text('type').notNull(),
    subjectType: text('subject_type').notNull(),
    subjectId: integer('subject_id').notNull(),
    payload: jsonb('payload').$type<Record<string, unknown>>().notNull().default({}),
    createdAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.tx, table.id] })],
)

/** The newest transaction whose events retention has removed. */
export const eventHorizon = log.table('event_horizon', {
  onlyRow: boolean('only_row').primaryKey().default(true),
  tx: xid8('tx').notNull().default('0'),
})

/** Who did what. Appended through log.append_audit only; nobody can change it. */
export const auditEntries = log.table('audit_entries', {
  id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  tx: xid8('tx').notNull().default(currentTransaction),
  companyId: integer('company_id').notNull(),
  at: instant('at').notNull().defaultNow(),
  actor: text('actor').notNull(),
  action: text('action').notNull(),
  entityType: text('entity_type').notNull(),
  entityId: integer('entity_id').notNull(),
  changes: jsonb('changes').$type<Record<string, unknown>>().notNull().default({}),
  entityVersion: integer('entity_version'),
})

/** The hash chain over a company's audit entries. Appended through log.append_audit_seals only. */
export const auditSeals = log.table(
  'audit_seals',
  {
    companyId: integer('company_id').notNull(),
    sequence: integer('sequence').notNull(),
    entryId: bigint('entry_id', { mode: 'number' }).notNull(),
    tx: xid8('tx').notNull(),
    hash: bytea('hash').notNull(),
    sealedAt: instant('sealed_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.companyId, table.sequence] })],
)

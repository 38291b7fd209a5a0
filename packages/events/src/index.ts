export { appendAudit, fieldsChangedSince, type AuditEntry } from './audit.ts'
export { sealAuditLog } from './seal-audit-log.ts'
export { type AuditBreak, type AuditVerdict, verifyAuditLog } from './verify-audit-log.ts'
export {
  type Cursor,
  CursorExpiredError,
  eventCursor,
  InvalidCursorError,
  isMissing,
  parseCursor,
  snapshotCursor,
} from './cursor.ts'
export { type EventBus, SubscriberTooSlowError, type SubscribeOptions } from './event-bus.ts'
export type {
  EventPayloads,
  EventSubject,
  EventType,
  EventWriter,
  NewEvent,
  RotationChangeReason,
  StoredEvent,
} from './event-catalogue.ts'
export { type ClosableEventWriter, createPostgresEventWriter } from './event-writer.ts'
export { createPostgresEventBus, type EventBusObserver } from './postgres-event-bus.ts'

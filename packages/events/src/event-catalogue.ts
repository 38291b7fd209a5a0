import type { WriteTx } from '@arv/database'

/** Why another video plays. */
export type RotationChangeReason =
  | 'BOUNDARY'
  | 'ACTIVATED'
  | 'WINDOW_OPENED'
  | 'WINDOW_CLOSED'
  | 'VIDEO_ADDED'
  | 'VIDEO_REMOVED'
  | 'SCHEDULE_CHANGED'

/** Payloads by type. They hold ids and enums, never texts: whoever delivers an event reads the rest then. */
export interface EventPayloads {
  /** A marker took a step. Subject: content or portrait. */
  'marker.status': { readonly status: 'PENDING' | 'PROCESSING' | 'COMPLETED' | 'FAILED' }
  /** Another video plays, or none. Subject: content. */
  'content.active-video': {
    readonly reason: RotationChangeReason
    readonly videoId: number | null
    readonly previousVideoId: number | null
  }
  /** Something else that a viewer shows changed. Subject: content or portrait. */
  'content.details': Record<never, never>
  /** It was published, withdrawn, or may be seen for longer or shorter. Subject: content or portrait. */
  'content.validity': Record<never, never>
  /** Everything of the project may be seen for longer or shorter. Subject: project. */
  'project.validity': Record<never, never>
  /** Everything of the company may be seen for longer or shorter. Subject: company. */
  'company.validity': Record<never, never>
  /** What a user, or whoever holds a key, may do changed. Subject: user or apiKey. */
  'principal.changed': Record<never, never>
}

export type EventType = keyof EventPayloads

export interface EventSubject {
  readonly type: 'content' | 'portrait' | 'project' | 'company' | 'user' | 'apiKey'
  readonly id: number
}

/** An event as it is appended. */
export type NewEvent = {
  [Type in EventType]: { type: Type; subject: EventSubject; payload: EventPayloads[Type] }
}[EventType]

/** An event as it is delivered. */
export type StoredEvent = NewEvent & {
  readonly companyId: number
  readonly at: Date
  readonly position: Position
}

/** An event's place in the order of delivery: transaction first, then sequence. */
export interface Position {
  readonly tx: bigint
  readonly id: number
}

/** Appends to the outbox in the transaction of the change; readers are woken once it is committed. */
export interface EventWriter {
  append(tx: WriteTx, event: NewEvent): Promise<void>
}

import type { Database } from '@arv/database'
import { type EventBus, isMissing, parseCursor, type StoredEvent } from '@arv/events'
import { rethrowForClients } from '../events/event-stream.ts'
import { type Alarm, createAlarm } from './alarm.ts'
import type { ViewerContent } from './viewer-content.ts'
import {
  findViewerSubject,
  readProjectStart,
  readViewerState,
  type ViewerState,
  type ViewerSubject,
} from './viewer.repository.ts'

type ViewerChangeReason = 'VIDEO' | 'MARKER' | 'DETAILS' | 'VALIDITY'

/** A change of what a visitor sees; no content when it was withdrawn. */
export interface ViewerContentChange {
  readonly cursor: string
  readonly at: Date
  readonly reason: ViewerChangeReason
  readonly content: ViewerContent | null
}

export interface WatchDeps {
  readonly database: Database
  readonly bus: EventBus
}

/**
 * What a visitor sees, each time it changes: by an event, or because a date that nobody has to write down for it has
 * passed. What is not to be seen is watched as silently as what does not exist.
 *
 * @throws GraphQLError BAD_USER_INPUT for `after`, and CURSOR_EXPIRED from `next()`
 */
export async function watchViewerContent(
  { database, bus }: WatchDeps,
  uniqueId: string,
  after: string | null,
): Promise<AsyncIterableIterator<ViewerContentChange>> {
  checkCursor(after)
  const subject = await findViewerSubject(database, uniqueId)
  const alarm = createAlarm()
  const events = bus.subscribe({
    filter: (event) => subject !== null && concerns(event, subject),
    after,
    overflow: 'latest',
  })
  const stop = async () => {
    alarm.cancel()
    await events.return?.()
  }
  const watched = { database, uniqueId, subject, events, alarm }
  const changes = await start(watched, after).catch(async (error: unknown) => {
    await stop()
    throw error
  })
  const stream: AsyncIterableIterator<ViewerContentChange> = {
    next: () => changes.next().catch(async (error: unknown) => stop().then(() => rethrowForClients(error))),
    return: async () => {
      await stop()
      return changes.return()
    },
    [Symbol.asyncIterator]: () => stream,
  }
  return stream
}

/** What happens from here on is not missed: what the first state does not show comes as an event. */
async function start(
  watched: Watched,
  after: string | null,
): Promise<AsyncGenerator<ViewerContentChange, void>> {
  const state = await readViewerState(watched.database, watched.uniqueId)
  // Set now, for it may be a while until the first change is asked for.
  const bell = watched.alarm.at(await nextDate(watched, state), state.at)
  return follow(watched, state, bell, after)
}

interface Watched {
  readonly database: Database
  readonly uniqueId: string
  readonly subject: ViewerSubject | null
  readonly events: AsyncIterableIterator<StoredEvent>
  readonly alarm: Alarm
}

async function* follow(
  watched: Watched,
  first: ViewerState,
  bellOfFirst: Promise<'rung'>,
  after: string | null,
): AsyncGenerator<ViewerContentChange, void> {
  const { database, uniqueId, events, alarm } = watched
  let state = first
  // Without a cursor the visitor has just seen this state. With one they may have seen it before it was withdrawn.
  let seen = parseCursor(after ?? first.cursor)
  if (after !== null && first.content === null) {
    seen = parseCursor(first.cursor)
    yield change(first, 'VALIDITY', first.at)
  }
  let next = events.next()
  let bell = bellOfFirst
  for (;;) {
    const woken = await Promise.race([next, bell])
    const event = woken === 'rung' ? null : woken.value
    if (woken !== 'rung') {
      if (woken.done === true) return
      next = events.next()
      if (!isMissing(seen, woken.value.position)) continue
    }
    const wasLive = state.content !== null
    state = await readViewerState(database, uniqueId)
    bell = alarm.at(await nextDate(watched, state), state.at)
    const isLive = state.content !== null
    // Neither an early bell nor what happens to something that is not to be seen is news.
    if (wasLive === isLive && (event === null || !isLive)) continue
    seen = parseCursor(state.cursor)
    const reason = wasLive && isLive && event ? reasonOf(event) : 'VALIDITY'
    yield change(state, reason, event?.at ?? state.at)
  }
}

/** When something changes although nothing is written: what is seen ends, or what is not begins. */
async function nextDate({ database, subject }: Watched, { content, at }: ViewerState): Promise<Date | null> {
  if (content !== null) return content.endsAt
  return subject?.type === 'content' ? readProjectStart(database, subject.id, at) : null
}

function concerns(event: StoredEvent, subject: ViewerSubject): boolean {
  if (event.type === 'company.validity') return event.subject.id === subject.companyId
  if (event.type === 'project.validity') return event.subject.id === subject.projectId
  if (event.subject.type !== subject.type || event.subject.id !== subject.id) return false
  // Visitors see a marker only once it is complete.
  return event.type !== 'marker.status' || event.payload.status === 'COMPLETED'
}

function reasonOf({ type, subject }: StoredEvent): ViewerChangeReason {
  switch (type) {
    case 'content.active-video':
      return 'VIDEO'
    case 'marker.status':
      return 'MARKER'
    case 'content.validity':
    case 'project.validity':
    case 'company.validity':
      return 'VALIDITY'
    case 'content.details':
      // Nothing but its video can be changed of a portrait.
      return subject.type === 'portrait' ? 'VIDEO' : 'DETAILS'
    case 'principal.changed':
      return 'DETAILS'
  }
}

function change({ cursor, content }: ViewerState, reason: ViewerChangeReason, at: Date): ViewerContentChange {
  return { cursor, at, reason, content }
}

function checkCursor(after: string | null): void {
  try {
    if (after !== null) parseCursor(after)
  } catch (error) {
    rethrowForClients(error)
  }
}

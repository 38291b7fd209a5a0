import type { AddGauge, Instruments } from './instruments.ts'

/** What an event bus reports to. */
export interface EventObserver {
  /** An event is handed to those who subscribed. @param at when it was appended */
  delivered(at: Date): void
  /** A reader has begun. @param waiting how many events of the outbox it has not delivered yet */
  reading(waiting: () => Promise<number>): void
}

interface Deps {
  readonly instruments: Instruments
  readonly gauge: AddGauge
}

export function createEventObserver({ instruments, gauge }: Deps): EventObserver {
  const readers: (() => Promise<number>)[] = []
  let last: Date | undefined
  gauge(
    'arv_events_waiting',
    'Events of the outbox that this process has not delivered; counted up to 1000.',
    [],
    async () => {
      const counts = await Promise.all(readers.map((waiting) => waiting()))
      return counts.map((value) => ({ labels: {}, value }))
    },
  )
  gauge(
    'arv_event_last_delivered_seconds',
    'How long ago the last event to be delivered was appended.',
    [],
    () => (last === undefined ? [] : [{ labels: {}, value: (Date.now() - last.getTime()) / 1000 }]),
  )
  return {
    delivered: (at) => {
      last = at
      // Another machine's clock may be ahead.
      instruments.eventLag(Math.max(0, Date.now() - at.getTime()) / 1000)
    },
    reading: (waiting) => void readers.push(waiting),
  }
}

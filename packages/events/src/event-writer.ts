import type { PoolOptions } from '@arv/database'
import { createPool } from '@arv/database/pool'
import type { EventWriter, NewEvent } from './event-catalogue.ts'

export const WAKE_CHANNEL = 'arv_events'

/** A NOTIFY inside each transaction would make commits queue up behind each other: one serves many. */
const COALESCE_MS = 5

export interface PostgresEventWriterConfig {
  /** A login for NOTIFY, which needs no rights. */
  readonly url: string
  readonly ssl?: PoolOptions['ssl']
  readonly onError: (error: unknown) => void
}

export interface ClosableEventWriter extends EventWriter {
  close(): Promise<void>
}

export function createPostgresEventWriter(config: PostgresEventWriterConfig): ClosableEventWriter {
  const pool = createPool(config.url, { max: 1, ssl: config.ssl ?? false })
  let timer: NodeJS.Timeout | undefined

  const wake = () => {
    timer ??= setTimeout(() => {
      timer = undefined
      pool`select pg_notify(${WAKE_CHANNEL}, '')`.catch(config.onError)
    }, COALESCE_MS)
  }
  return {
    append: async (tx, event: NewEvent) => {
      await tx.sql`select log.append_event(${event.type}, ${event.subject.type}, ${event.subject.id},
        ${JSON.stringify(event.payload)}::jsonb)`
      tx.afterCommit(wake)
    },
    close: async () => {
      clearTimeout(timer)
      await pool.end({ timeout: 2 })
    },
  }
}

import postgres from 'postgres'

/** How a process connects. Times are in seconds unless their name says otherwise. */
export interface PoolOptions {
  readonly max?: number
  readonly idleSeconds?: number
  readonly maxLifetimeSeconds?: number
  readonly ssl?: boolean | 'require' | 'verify-full'
  /** Whose rights each connection takes from its first statement on, where they are not the transaction's to take. */
  readonly role?: string
  /** After this who waits for a free connection is told that there is none. */
  readonly connectionTimeoutMs?: number
  /** After this the server ends a statement. */
  readonly statementTimeoutMs?: number
  /** After this the server ends a transaction, and everything it held. */
  readonly transactionTimeoutMs?: number
  /** Is told every statement of ours that is sent: for counting and for slow-query logs. */
  readonly observe?: (statement: string) => void
}

export const POOL_DEFAULTS = {
  max: 10,
  idleSeconds: 60,
  maxLifetimeSeconds: 3600,
  ssl: false,
  connectionTimeoutMs: 1_750,
  statementTimeoutMs: 5_000,
  transactionTimeoutMs: 10_000,
} as const satisfies PoolOptions

/** Drizzle sends JSON as text, raw statements send values: both arrive as JSON. */
const serializeJson = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))

/** What every connection of ARV agrees on about values: dates are text, big integers are numbers. */
const types = {
  json: {
    to: 114,
    from: [114, 3802],
    serialize: serializeJson,
    parse: (text: string): unknown => JSON.parse(text),
  },
  jsonb: {
    to: 3802,
    from: [3802],
    serialize: serializeJson,
    parse: (text: string): unknown => JSON.parse(text),
  },
  bigint: { to: 20, from: [20], serialize: String, parse: Number },
  date: { to: 1082, from: [1082], serialize: String, parse: String },
}

/** The driver's own waits grow to 20 s, and are shared: a few lost connections would stop all callers for so long. */
const secondsBeforeReconnecting = (failures: number) => Math.min(0.01 * 2 ** failures, 0.3)

/** Once for each connection the driver reads the types of arrays. */
const isDriversOwn = (statement: string) => statement.includes('from pg_catalog.pg_type a')

export type Pool = postgres.Sql<{ bigint: number }>

/** Opens no connection yet; the first statement does. */
export function createPool(url: string, options: PoolOptions = {}): Pool {
  const settings = { ...POOL_DEFAULTS, ...options }
  return postgres(url, {
    max: settings.max,
    idle_timeout: settings.idleSeconds,
    max_lifetime: settings.maxLifetimeSeconds,
    connect_timeout: 5,
    backoff: secondsBeforeReconnecting,
    ssl: settings.ssl,
    onnotice: () => {},
    types,
    connection: {
      application_name: 'arv',
      statement_timeout: settings.statementTimeoutMs,
      lock_timeout: settings.statementTimeoutMs,
      idle_in_transaction_session_timeout: settings.transactionTimeoutMs,
      transaction_timeout: settings.transactionTimeoutMs,
      ...(options.role !== undefined && { role: options.role }),
    },
    ...(options.observe && {
      debug: (_connection: number, statement: string) => {
        if (!isDriversOwn(statement)) options.observe?.(statement)
      },
    }),
  })
}

import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import type postgres from 'postgres'
import { beginChange } from './changes.ts'
import { type ConnectionGate, createConnectionGate } from './connection-gate.ts'
import { DatabaseUnavailableError, toDatabaseError } from './database-unavailable.ts'
import { type DatabaseObserver, reportingStatements } from './database-observer.ts'
import { createPool, POOL_DEFAULTS, type Pool, type PoolOptions } from './pool.ts'
import { actorName, type Tenant } from './tenant.ts'

/** A transaction that already runs as its tenant: the only way to a row. */
export interface Tx {
  /** Tagged-template SQL, for what the query builders can't say. */
  readonly sql: postgres.TransactionSql<{ bigint: number }>
  readonly drizzle: PostgresJsDatabase
}

/** A transaction that may change things. */
export interface WriteTx extends Tx {
  /** Runs once the change is safe; never when it was rolled back. For wake-ups only, which may get lost. */
  afterCommit(action: () => void): void
}

export interface Database {
  /** Runs `fn` in a read-only transaction that sees what `tenant` may see. */
  read<T>(tenant: Tenant, fn: (tx: Tx) => Promise<T>): Promise<T>
  /** Runs `fn` in a transaction as `tenant`; commits when it resolves, rolls back when it rejects. */
  write<T>(tenant: Tenant, fn: (tx: WriteTx) => Promise<T>): Promise<T>
  /** Runs one of the public viewer's functions, with a login that can do nothing else. */
  viewer<T>(fn: (sql: Pool) => Promise<T>): Promise<T>
  /** Resolves when the database answers. */
  ping(): Promise<void>
  close(): Promise<void>
}

export interface DatabaseConfig {
  /** Whose role a transaction takes: `arv_<subgraph>`. */
  readonly subgraph: string
  readonly url: string
  readonly viewerUrl?: string
  readonly pool?: PoolOptions
  readonly observer?: DatabaseObserver
}

/** For the answer to "commit" alone, which takes milliseconds where it comes at all. */
const COMMIT_GRACE_MS = 2_000

/**
 * One subgraph's door to PostgreSQL. The pool stays inside: a repository takes the transaction that `read`
 * or `write` hands out, and that runs as the subgraph's role under row-level security from its first statement.
 *
 * @throws DatabaseUnavailableError from every call, when the server is away or a deadline passes
 */
export function createDatabase(config: DatabaseConfig): Database {
  const options = { ...POOL_DEFAULTS, ...config.pool }
  const pool = createPool(config.url, options)
  const viewerPool = config.viewerUrl === undefined ? undefined : createPool(config.viewerUrl, options)
  const gate = createConnectionGate(options.max)
  const viewerGate = createConnectionGate(options.max)
  // The server's own deadlines come first; this one is for a server, or a driver, that never answers.
  const deadlineMs = options.transactionTimeoutMs + 2_000

  const run = <T>(
    mode: 'read only' | 'read write',
    tenant: Tenant,
    fn: (sql: postgres.TransactionSql<{ bigint: number }>) => Promise<T>,
  ) => {
    const change = mode === 'read write' ? beginChange() : undefined
    const begin = (patience: Patience, connected: () => void) =>
      pool.begin(mode, async (transaction) => {
        // It may have waited for its connection for longer than its caller did.
        patience.throwIfOver()
        connected()
        const sql = reportingStatements(transaction, config.observer)
        patience.extend(deadlineMs)
        // Not awaited before `fn`: statements of a connection run in order, and one that fails spoils the
        // rest of its transaction, so nothing can run as anybody else.
        const [, result] = await Promise.all([becomeTenant(sql, config.subgraph, tenant), fn(sql)])
        // Rolls back what its caller was told is not done. From here on "no" could be untrue, so the answer to
        // "commit" is waited for; only one that never comes leaves its caller not knowing.
        patience.throwIfOver()
        change?.committing()
        patience.extend(COMMIT_GRACE_MS)
        return { result }
      })
    return observed(config.observer, mode === 'read write' ? 'write' : 'read', (connected) =>
      guarded(options.connectionTimeoutMs, async (patience) => {
        const transaction = inTurn(gate, patience, () => begin(patience, connected))
        const { result } = await (change?.settledBy(transaction) ?? transaction)
        return result
      }),
    )
  }

  return {
    read: (tenant, fn) => run('read only', tenant, (sql) => fn({ sql, drizzle: drizzleOn(pool, sql) })),
    write: async (tenant, fn) => {
      const afterCommit: (() => void)[] = []
      const result = await run('read write', tenant, (sql) =>
        fn({ sql, drizzle: drizzleOn(pool, sql), afterCommit: (action) => afterCommit.push(action) }),
      )
      for (const action of afterCommit) action()
      return result
    },
    viewer: (fn) => {
      if (viewerPool === undefined) throw new Error(`${config.subgraph} was given no login for the viewer`)
      return observed(config.observer, 'viewer', (connected) =>
        guarded(options.connectionTimeoutMs, (patience) =>
          inTurn(viewerGate, patience, async () => {
            connected()
            patience.extend(deadlineMs)
            return fn(reportingStatements(viewerPool, config.observer))
          }),
        ),
      )
    },
    ping: () => guarded(deadlineMs, () => pool`select 1`).then(() => undefined),
    close: async () => {
      await Promise.all([pool.end({ timeout: 5 }), viewerPool?.end({ timeout: 5 })])
    },
  }
}

function observed<T>(
  observer: DatabaseObserver | undefined,
  mode: 'read' | 'write' | 'viewer',
  run: (connected: () => void) => Promise<T>,
): Promise<T> {
  return observer ? observer.transaction(mode, run) : run(() => undefined)
}

function becomeTenant(sql: postgres.TransactionSql<{ bigint: number }>, subgraph: string, tenant: Tenant) {
  const role = tenant.scope === 'platform' ? `arv_${subgraph}_platform` : `arv_${subgraph}`
  const companyIds = `{${tenant.companyIds.join(',')}}`
  return sql`select set_config('role', ${role}, true), set_config('arv.company_ids', ${companyIds}, true),
    set_config('arv.actor', ${actorName(tenant.actor)}, true)`.execute()
}

/**
 * Drizzle rewrites the parsers of the client it is given, so it gets a face of the transaction with options
 * of its own; the pool's (pool.ts) serve it as they are.
 */
function drizzleOn(pool: Pool, sql: postgres.TransactionSql<{ bigint: number }>): PostgresJsDatabase {
  const options = {
    ...pool.options,
    parsers: { ...pool.options.parsers },
    serializers: { ...pool.options.serializers },
  }
  return drizzle({ client: Object.assign(sql, { options }) as unknown as Pool })
}

/** How long a caller waits, as the work that they wait for sees it. */
interface Patience {
  /** @throws DatabaseUnavailableError once the caller was told that the deadline passed */
  throwIfOver(): void
  /** Starts the deadline anew: what was waited for has come. */
  extend(ms: number): void
}

/** Waits for a free connection before it begins, so that who has given up waiting costs the server nothing. */
async function inTurn<T>(gate: ConnectionGate, patience: Patience, begin: () => Promise<T>): Promise<T> {
  const leave = await gate.enter()
  try {
    patience.throwIfOver()
    return await begin()
  } finally {
    leave()
  }
}

/** Gives `work` a deadline, after which its caller is told "no". */
async function guarded<T>(deadlineMs: number, work: (patience: Patience) => PromiseLike<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  let over: DatabaseUnavailableError | undefined
  let giveUp: (error: DatabaseUnavailableError) => void = () => undefined
  const deadline = new Promise<never>((_resolve, reject) => (giveUp = reject))
  const extend = (ms: number) => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      over = new DatabaseUnavailableError(new Error('the deadline passed'))
      giveUp(over)
    }, ms)
  }
  const throwIfOver = () => {
    if (over) throw over
  }
  extend(deadlineMs)
  try {
    return await Promise.race([work({ throwIfOver, extend }), deadline])
  } catch (error) {
    throw toDatabaseError(error)
  } finally {
    clearTimeout(timer)
  }
}

import type { AddGauge, Instruments } from './instruments.ts'
import { failureName } from './tracing.ts'
import type { Tracing } from './tracing.ts'

type Mode = 'read' | 'write' | 'viewer'

/** What `@arv/database` reports to. */
export interface DatabaseObserver {
  /** Around each transaction; `run` is given what to call once it has a connection. */
  transaction<T>(mode: Mode, run: (connected: () => void) => Promise<T>): Promise<T>
  /** A statement of the running transaction was sent; answers what to call when it is done. Undefined while nobody traces. */
  readonly statement: ((text: string) => (error?: unknown) => void) | undefined
}

interface Deps {
  readonly instruments: Instruments
  readonly tracing: Tracing
  readonly gauge: AddGauge
}

/** A subgraph has two logins, each with its own connections: its role's, and the viewer's. */
interface PoolUse {
  readonly name: string
  readonly size: number
  inUse: number
  waiting: number
}

const LONGEST_STATEMENT = 2_000

/** Makes the observers of a process's databases; the gauges of their pools are read from all of them. */
export function createDatabaseObservers({
  instruments,
  tracing,
  gauge,
}: Deps): (subgraph: string, poolSize: number) => DatabaseObserver {
  const pools: PoolUse[] = []
  const addPool = (name: string, size: number) => {
    const pool: PoolUse = { name, size, inUse: 0, waiting: 0 }
    pools.push(pool)
    return pool
  }
  const readPools = (valueOf: (pool: PoolUse) => number) => () =>
    pools.map((pool) => ({ labels: { pool: pool.name }, value: valueOf(pool) }))
  gauge(
    'arv_database_pool_size',
    'Connections that a pool may have.',
    ['pool'],
    readPools((pool) => pool.size),
  )
  gauge(
    'arv_database_pool_in_use',
    'Connections in a transaction.',
    ['pool'],
    readPools((pool) => pool.inUse),
  )
  gauge(
    'arv_database_pool_waiting',
    'Transactions that wait for a connection.',
    ['pool'],
    readPools((pool) => pool.waiting),
  )
  return (subgraph, size) => {
    const own = addPool(subgraph, size)
    const viewer = addPool(`${subgraph}-viewer`, size)
    return {
      transaction: (mode, run) => {
        const pool = mode === 'viewer' ? viewer : own
        return traced(tracing, pool.name, mode, () => measured(instruments, pool, mode, run))
      },
      statement: tracing.enabled ? (text) => tracedStatement(tracing, text) : undefined,
    }
  }
}

async function measured<T>(
  instruments: Instruments,
  pool: PoolUse,
  mode: Mode,
  run: (connected: () => void) => Promise<T>,
): Promise<T> {
  const asked = performance.now()
  let connected: boolean | undefined
  let over = false
  let began = asked
  let outcome = 'failed'
  pool.waiting += 1
  try {
    const result = await run(() => {
      // Its caller may have given up while it waited.
      if (over) return
      connected = true
      began = performance.now()
      pool.waiting -= 1
      pool.inUse += 1
      instruments.connectionWait((began - asked) / 1000, pool.name)
    })
    outcome = 'ok'
    return result
  } finally {
    if (connected) pool.inUse -= 1
    else pool.waiting -= 1
    over = true
    instruments.transaction((performance.now() - began) / 1000, pool.name, mode, outcome)
  }
}

/** Background work asks the database all the time: only what serves a traced request or job is traced. */
function traced<T>(tracing: Tracing, pool: string, mode: Mode, work: () => Promise<T>): Promise<T> {
  if (tracing.current() === undefined) return work()
  const attributes = { 'db.system.name': 'postgresql', 'arv.pool': pool }
  return tracing.span(`${pool} ${mode}`, { attributes }, work)
}

function tracedStatement(tracing: Tracing, text: string): (error?: unknown) => void {
  if (tracing.current() === undefined) return () => undefined
  const statement = text.replaceAll(/\s+/g, ' ').trim()
  const span = tracing.open(summaryOf(statement), {
    kind: 'client',
    attributes: { 'db.system.name': 'postgresql', 'db.query.text': statement.slice(0, LONGEST_STATEMENT) },
  })
  return (error) => {
    if (error !== undefined) span.fail(failureName(error))
    span.end()
  }
}

/** What a statement does, to what: `select content.videos`. */
function summaryOf(statement: string): string {
  const verb = /^\w+/.exec(statement)?.[0]?.toLowerCase() ?? 'sql'
  const target = /\b(?:from|into|update|table|select)\s+("?[a-z_]\w*"?\."?\w+"?)/i.exec(statement)?.[1]
  return target === undefined ? verb : `${verb} ${target.replaceAll('"', '')}`
}

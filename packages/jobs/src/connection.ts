import type { PoolOptions } from '@arv/database'

interface Connection {
  readonly url: string
  readonly ssl?: PoolOptions['ssl']
}

/** What pg-boss is told whoever uses it: its schema and queues are the migrations', and nobody else makes any. */
export function connectionOf({ url, ssl }: Connection) {
  return {
    connectionString: url,
    ssl: tlsOf(ssl),
    application_name: 'arv-jobs',
    schema: 'jobs',
    migrate: false,
    createSchema: false,
    reindex: false, // the tables belong to the migrations' owner
    monitorVacuum: false,
  } as const
}

/** What the other driver (pool.ts) takes by these names, as this one takes it. */
function tlsOf(ssl: PoolOptions['ssl']): boolean | { rejectUnauthorized: false } {
  return ssl === 'require' ? { rejectUnauthorized: false } : ssl === true || ssl === 'verify-full'
}

import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely'
import type postgres from 'postgres'
import type { Tx } from './database.ts'

type AnySql = postgres.TransactionSql<{ bigint: number }> | postgres.ReservedSql<{ bigint: number }>

/** Kysely over one connection of postgres.js, whose begin and end are somebody else's or Kysely's own. */
export function kyselyOn<Tables>(sql: AnySql): Kysely<Tables> {
  return new Kysely<Tables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => createDriver(sql),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  })
}

/** Kysely in the transaction of `read` or `write`. */
export function kyselyIn<Tables>(tx: Tx): Kysely<Tables> {
  return kyselyOn<Tables>(tx.sql)
}

function createDriver(sql: AnySql): Driver {
  const connection: DatabaseConnection = {
    executeQuery: async <Row>(query: CompiledQuery): Promise<QueryResult<Row>> => {
      const rows = await sql.unsafe<Row[] & object[]>(
        query.sql,
        [...query.parameters] as postgres.ParameterOrJSON<never>[],
        {
          prepare: true,
        },
      )
      return { rows: [...rows], numAffectedRows: BigInt(rows.count ?? 0) }
    },
    // Rows come whole; streaming is refused, not pretended.
    streamQuery: () => {
      throw new Error('streaming is not supported inside a tenant transaction')
    },
  }
  const say = (statement: string) => async () => {
    await sql.unsafe(statement)
  }
  return {
    init: async () => {},
    acquireConnection: async () => connection,
    beginTransaction: say('begin'),
    commitTransaction: say('commit'),
    rollbackTransaction: say('rollback'),
    releaseConnection: async () => {},
    destroy: async () => {},
  }
}

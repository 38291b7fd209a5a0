import type postgres from 'postgres'
import type { Pool } from './pool.ts'

/** Is told how transactions go; what it does with that is its own business. */
export interface DatabaseObserver {
  /** Around each transaction; `run` is given what to call once it has a connection. */
  transaction<T>(mode: 'read' | 'write' | 'viewer', run: (connected: () => void) => Promise<T>): Promise<T>
  /**
   * A statement is sent, with placeholders for its parameters; answers what to call when it is done, with the error if
   * it failed. Undefined when nobody wants to know, and then statements cost nothing more.
   */
  readonly statement: ((text: string) => (error?: unknown) => void) | undefined
}

type AnySql = Pool | postgres.TransactionSql<{ bigint: number }>

/** `sql`, every statement of which is reported, whoever writes it: templates, Drizzle and Kysely all come through here. */
export function reportingStatements<Sql extends AnySql>(
  sql: Sql,
  observer: DatabaseObserver | undefined,
): Sql {
  const statement = observer?.statement
  if (statement === undefined) return sql
  const report = (text: string, made: unknown) => {
    if (!(made instanceof Promise)) return
    const done = statement(text)
    // Promise's own `then`: the driver's would send the statement, which is the caller's to do. What is only a part of
    // another statement never settles, and leaves nothing behind.
    void Promise.prototype.then.call(made, () => done(), done)
  }
  return new Proxy(sql, {
    apply(target, self, args: unknown[]): unknown {
      const made: unknown = Reflect.apply(target, self, args)
      const [strings] = args
      if (isTemplate(strings)) report(strings.join('?'), made)
      return made
    },
    get(target, key): unknown {
      if (key !== 'unsafe') return Reflect.get(target, key)
      return (text: string, ...rest: unknown[]): unknown => {
        const made: unknown = Reflect.apply(Reflect.get(target, key), target, [text, ...rest])
        report(text, made)
        return made
      }
    },
  })
}

function isTemplate(value: unknown): value is readonly string[] {
  return Array.isArray(value) && 'raw' in value
}

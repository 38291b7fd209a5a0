import type { Closing } from './closing.ts'
import type { OpenDatabase } from './open-database.ts'

/** Our own PostgreSQL ends with us; when it ends before us, there is nothing left to serve. */
export async function databaseFailure(
  { server }: Pick<OpenDatabase, 'server'>,
  closing: Closing,
): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  let ending = false
  closing.add(() => (ending = true))
  void server?.ended.then(() => {
    if (!ending)
      resolve('PostgreSQL ended, which ARV had not asked for: postgres.log in its data folder may say why.')
  })
  return promise
}

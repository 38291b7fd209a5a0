import { parseArgs } from 'node:util'
import { StartUpError } from './start-up-error.ts'

export const START_HELP = `Starts ARV in one process, with a PostgreSQL of its own unless DATABASE_URL is set.

  pnpm start          for this machine: http://localhost:4000
  pnpm start --lan    also for phones in the same network, over HTTPS, which their cameras need;
                      they warn of the certificate, because ARV has signed it itself

Everything else is set by variables, in the environment or in .env: see .env.example.`

/** @throws StartUpError for a flag that there is not */
export function readStartArguments(given: readonly string[]): {
  readonly lan: boolean
  readonly help: boolean
} {
  try {
    const { values } = parseArgs({
      args: [...given],
      options: { lan: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    })
    return { lan: values.lan ?? false, help: values.help ?? false }
  } catch {
    throw new StartUpError('Say "start" or "start --lan"; "start --help" says more.')
  }
}

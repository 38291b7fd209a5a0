import { z } from 'zod'
import { FREE_ATTEMPTS, type FreeAttempts } from './attempt-limits.ts'

const attempts = z.coerce
  .number('a number is expected')
  .int('a whole number is expected')
  .min(1, 'at least 1 is expected')

/** The variables that say how many failed attempts are free: docs/limits.md. */
export const ATTEMPT_VARIABLES = {
  ARV_SIGN_IN_ATTEMPTS: attempts.default(FREE_ATTEMPTS.accountFromNetwork),
  ARV_SIGN_IN_ATTEMPTS_PER_ACCOUNT: attempts.default(FREE_ATTEMPTS.account),
  ARV_SIGN_IN_ATTEMPTS_PER_ADDRESS: attempts.default(FREE_ATTEMPTS.network),
  ARV_REFRESH_ATTEMPTS_PER_ADDRESS: attempts.default(FREE_ATTEMPTS.refresh),
}

const schema = z.object(ATTEMPT_VARIABLES)

/** What the variables say, which `ATTEMPT_VARIABLES` has read. */
export function freeAttemptsOf(variables: z.infer<typeof schema>): FreeAttempts {
  return {
    accountFromNetwork: variables.ARV_SIGN_IN_ATTEMPTS,
    account: variables.ARV_SIGN_IN_ATTEMPTS_PER_ACCOUNT,
    network: variables.ARV_SIGN_IN_ATTEMPTS_PER_ADDRESS,
    refresh: variables.ARV_REFRESH_ATTEMPTS_PER_ADDRESS,
  }
}

/** The variables that say so. */
export function freeAttemptsToVariables(
  free: FreeAttempts,
): Readonly<Record<keyof typeof ATTEMPT_VARIABLES, string>> {
  return {
    ARV_SIGN_IN_ATTEMPTS: String(free.accountFromNetwork),
    ARV_SIGN_IN_ATTEMPTS_PER_ACCOUNT: String(free.account),
    ARV_SIGN_IN_ATTEMPTS_PER_ADDRESS: String(free.network),
    ARV_REFRESH_ATTEMPTS_PER_ADDRESS: String(free.refresh),
  }
}

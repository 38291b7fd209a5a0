import { failure, type Failure, limitReached } from '@arv/subgraph'
import { inWords } from './attempt-limit.ts'

/** What accounts and networks are told that have failed too often. */
export function tooManyAttempts(waitSeconds: number): Failure {
  return failure(limitReached(null, `Too many attempts failed. Try again ${inWords(waitSeconds)}.`))
}

import { AsyncLocalStorage } from 'node:async_hooks'
import { DatabaseUnavailableError, toDatabaseError } from './database-unavailable.ts'

/** What a request that failed left behind: certainly nothing, or nobody can tell. */
export type ChangesOutcome = 'NOT_DONE' | 'UNKNOWN'

/** The transactions that one request writes in, and until when they may commit. */
export interface Changes {
  /** Runs `work`, whose writes are counted here, however deep they are called. */
  during<T>(work: () => T): T
  /** `NOT_DONE` while no transaction was committed or may have been. */
  readonly outcome: () => ChangesOutcome
}

interface Account {
  readonly commitBy: number
  /** Transactions that are committed, and those of which it isn't known yet. */
  committed: number
  committing: number
}

const accounts = new AsyncLocalStorage<Account>()

/**
 * Keeps account of a request's changes, for whoever must be told whether it was done.
 *
 * @param commitWithinMs after this nothing is committed any more: whoever asked has been told by then
 */
export function trackChanges(commitWithinMs = Infinity): Changes {
  const account: Account = { commitBy: performance.now() + commitWithinMs, committed: 0, committing: 0 }
  return {
    during: (work) => accounts.run(account, work),
    outcome: () => (account.committed + account.committing > 0 ? 'UNKNOWN' : 'NOT_DONE'),
  }
}

/** One transaction of the request that runs now. */
export interface Change {
  /**
   * "Commit" is about to be sent.
   * @throws DatabaseUnavailableError when it is too late for that
   */
  committing(): void
  /** Notes how the transaction ended; a commit whose answer was lost stays open. */
  settledBy<T>(transaction: Promise<T>): Promise<T>
}

/** @returns undefined where nobody keeps account: in jobs, and in background work */
export function beginChange(): Change | undefined {
  const account = accounts.getStore()
  if (account === undefined) return undefined
  let isCommitting = false
  return {
    committing() {
      if (performance.now() > account.commitBy) {
        throw new DatabaseUnavailableError(new Error('it is too late to commit'))
      }
      isCommitting = true
      account.committing += 1
    },
    async settledBy(transaction) {
      try {
        const result = await transaction
        account.committing -= 1
        account.committed += 1
        return result
      } catch (error) {
        const isLost = toDatabaseError(error) instanceof DatabaseUnavailableError
        if (isCommitting && !isLost) account.committing -= 1
        throw error
      }
    },
  }
}

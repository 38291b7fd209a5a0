import type { UserError } from '@arv/subgraph'

/** Ends a use-case whose input is not acceptable, from wherever that comes to light; its mutation answers with it. */
export class Refusal extends Error {
  readonly userError: UserError

  constructor(userError: UserError) {
    super(userError.message)
    this.name = 'Refusal'
    this.userError = userError
  }
}

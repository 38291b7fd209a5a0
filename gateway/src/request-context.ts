import type { Caller } from '@arv/identity'

/** What travels with one GraphQL operation through the gateway. */
export interface RequestContext {
  readonly caller: Caller
  /** What the operation may cost at most (docs/limits.md); 0 until it is admitted. */
  readonly cost: number
}

/** Apollo's types call a context "any record": this is how ours is told from theirs. */
export function isRequestContext(context: object): context is RequestContext {
  return 'caller' in context
}

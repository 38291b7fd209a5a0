import type { AccessTokenSubject, Principal } from '@arv/identity'
import { principalSchema, ANONYMOUS } from '@arv/identity'
import type { SubgraphClient } from '@arv/subgraph'
import { LRUCache } from 'lru-cache'
import { randomUUID } from 'node:crypto'
import { z } from 'zod'

/**
 * Who a verified access token stands for, now: null when the user is gone or disabled or the sign-in was revoked.
 * Rejects when that can't be found out.
 */
export type ResolvePrincipal = (subject: AccessTokenSubject) => Promise<Principal | null>

const LONGEST_AGE_MS = 1000
const REMEMBERED_PRINCIPALS = 10_000

const answerSchema = principalSchema.nullable()

/** Asks tenancy's internal command `principal` with `{ userId, familyId }`; its answer is a principal or null. */
export function createPrincipalResolver(tenancy: SubgraphClient): ResolvePrincipal {
  return async ({ userId, familyId }) => {
    const answer = await tenancy.command(
      'principal',
      { userId, familyId },
      { requestId: randomUUID(), principal: ANONYMOUS, client: { ipAddress: null, userAgent: null } },
    )
    const parsed = answerSchema.safeParse(answer)
    if (!parsed.success) {
      throw new Error(`tenancy answered "principal" in another shape: ${z.prettifyError(parsed.error)}`)
    }
    return parsed.data
  }
}

/**
 * Remembers each answer for at most a second, counted from the question, so that a sign-out or a changed role
 * is seen within one. Callers who ask meanwhile share the question; a failure is not remembered.
 */
export function rememberPrincipals(resolve: ResolvePrincipal): ResolvePrincipal {
  const asked = new LRUCache<string, Promise<Principal | null>>({
    max: REMEMBERED_PRINCIPALS,
    ttl: LONGEST_AGE_MS,
  })
  return (subject) => {
    const key = `${subject.userId} ${subject.familyId}`
    const known = asked.get(key)
    if (known) return known
    const answer = resolve(subject)
    asked.set(key, answer)
    answer.catch(() => {
      if (asked.peek(key) === answer) asked.delete(key)
    })
    return answer
  }
}

import { randomUUID } from 'node:crypto'
import type { AccessTokenSubject, Caller, ExternalSubject, Principal } from '@arv/identity'
import { ANONYMOUS, principalSchema } from '@arv/identity'
import type { SubgraphClient } from '@arv/subgraph'
import { LRUCache } from 'lru-cache'
import { z } from 'zod'

/** Whom a verified token, the platform's or an external issuer's, or an API key stands for; a key by its hash, base64url. */
export type PrincipalSubject = AccessTokenSubject | ExternalSubject | { readonly apiKeyHash: string }

/**
 * Who that is, now: null when the user is gone or disabled, or the sign-in or the key was revoked or has expired.
 * Rejects when that can't be found out.
 */
export type ResolvePrincipal = (subject: PrincipalSubject) => Promise<Principal | null>

export interface RememberedPrincipals {
  readonly resolve: ResolvePrincipal
  /** Asks anew about everybody from now on. */
  readonly forget: () => void
}

const LONGEST_AGE_MS = 1000
const REMEMBERED_PRINCIPALS = 10_000

const answerSchema = principalSchema.nullable()

/** The gateway on its own behalf, when it asks tenancy who somebody is. */
export function gatewayItself(): Caller {
  return {
    requestId: randomUUID(),
    principal: ANONYMOUS,
    client: { ipAddress: null, userAgent: null },
  }
}

/** Asks tenancy's internal command `principal`; its answer is a principal or null. */
export function createPrincipalResolver(tenancy: Pick<SubgraphClient, 'command'>): ResolvePrincipal {
  return async (subject) => {
    const answer = await tenancy.command('principal', subject, gatewayItself())
    const parsed = answerSchema.safeParse(answer)
    if (!parsed.success) {
      throw new Error(`tenancy answered "principal" in another shape: ${z.prettifyError(parsed.error)}`)
    }
    return parsed.data
  }
}

/**
 * Remembers each answer for at most a second, counted from the question. Callers who ask meanwhile share the question;
 * a failure is not remembered.
 */
export function rememberPrincipals(resolve: ResolvePrincipal): RememberedPrincipals {
  const asked = new LRUCache<string, Promise<Principal | null>>({
    max: REMEMBERED_PRINCIPALS,
    ttl: LONGEST_AGE_MS,
  })
  return {
    resolve(subject) {
      const key = JSON.stringify(Object.values(subject))
      const known = asked.get(key)
      if (known) return known
      const answer = resolve(subject)
      asked.set(key, answer)
      answer.catch(() => {
        if (asked.peek(key) === answer) asked.delete(key)
      })
      return answer
    },
    forget: () => asked.clear(),
  }
}

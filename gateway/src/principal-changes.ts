import { setTimeout as sleep } from 'node:timers/promises'
import type { Principal } from '@arv/identity'
import type { SubgraphClient } from '@arv/subgraph'
import { parse } from 'graphql'
import type { Logger } from 'pino'
import { z } from 'zod'
import { gatewayItself } from './principals.ts'

export interface PrincipalChanges {
  /** Calls `changed` whenever somebody's rights may have changed; answers how to stop that. */
  watch(principal: Principal, changed: () => void): () => void
  close(): void
}

interface Deps {
  readonly tenancy: Pick<SubgraphClient, 'subscribe'>
  /** Called before those who watch. */
  readonly forget: () => void
  readonly logger: Logger
}

const QUERY = 'subscription PrincipalChanges { principalChanged { userId apiKeyId } }'
const DOCUMENT = parse(QUERY, { noLocation: true })
const RETRY_MS = 1000

const eventSchema = z.object({
  data: z.object({
    principalChanged: z.object({ userId: z.int().nullable(), apiKeyId: z.int().nullable() }),
  }),
})

/**
 * Follows what tenancy says of changed rights, for as long as the gateway runs. While nobody can say it, everybody is
 * asked about anew at their next request or event: nothing is remembered for longer than a second.
 */
export function followPrincipalChanges({ tenancy, forget, logger }: Deps): PrincipalChanges {
  const watchers = new Map<string, Set<() => void>>()
  const closing = new AbortController()

  function tell(key: string): void {
    forget()
    for (const changed of watchers.get(key) ?? []) changed()
  }

  async function follow(): Promise<void> {
    const stream = await tenancy.subscribe({
      document: DOCUMENT,
      query: QUERY,
      variables: {},
      caller: gatewayItself(),
    })
    if (!(Symbol.asyncIterator in stream)) throw new Error('tenancy refuses to tell of changed rights')
    const end = () => void stream.return?.()
    closing.signal.addEventListener('abort', end)
    try {
      // What changed while nobody listened is not known.
      forget()
      for (const everybody of watchers.values()) for (const changed of everybody) changed()
      for await (const event of stream) {
        const { userId, apiKeyId } = eventSchema.parse(event).data.principalChanged
        if (userId !== null) tell(`user ${userId}`)
        if (apiKeyId !== null) tell(`key ${apiKeyId}`)
      }
    } finally {
      closing.signal.removeEventListener('abort', end)
    }
  }

  async function keepFollowing(): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        await follow()
      } catch (error) {
        if (!closing.signal.aborted) logger.warn({ err: error }, 'changed rights are not heard of')
      }
      await sleep(RETRY_MS, undefined, { signal: closing.signal }).catch(() => undefined)
    }
  }
  void keepFollowing()

  return {
    watch(principal, changed) {
      const key = keyOf(principal)
      if (key === null) return () => undefined
      const others = watchers.get(key) ?? new Set()
      watchers.set(key, others.add(changed))
      return () => {
        others.delete(changed)
        if (others.size === 0) watchers.delete(key)
      }
    },
    close: () => closing.abort(),
  }
}

function keyOf(principal: Principal): string | null {
  switch (principal.kind) {
    case 'anonymous':
      return null
    case 'user':
      return `user ${principal.userId}`
    case 'apiKey':
      return `key ${principal.apiKeyId}`
  }
}

import type { AddressInfo } from 'node:net'
import {
  createInternalTokenSigner,
  createInternalTokenVerifier,
  generateSigningKey,
  publicJwksOf,
  subgraphAudience,
} from '@arv/identity'
import type { Caller } from '@arv/identity'
import { createHttpClient, createInProcessClient, createSubgraphHost } from '@arv/subgraph'
import type { HttpClientOptions, SubgraphClient } from '@arv/subgraph'
import { parse } from 'graphql'
import pino from 'pino'
import { createNoteStore } from './notes/src/notes/note-store.ts'
import { createNotesSubgraph } from './notes/src/subgraph.ts'

export const uploadLimits = { maxFileSize: 3_000_000, maxFiles: 3, maxFieldSize: 100_000 }
export const privateJwk = generateSigningKey()
export const tokens = createInternalTokenSigner({ privateJwk })

export const ann: Caller = {
  requestId: 'req-1',
  principal: {
    kind: 'user',
    userId: 7,
    isPlatformAdmin: false,
    memberships: [{ companyId: 3, role: 'EDITOR' }],
  },
  client: { ipAddress: '203.0.113.9', userAgent: 'Mozilla/5.0 (Ünïcode 🦊)' },
}

/** A logger whose lines a test can read. */
export function recordingLogger() {
  const lines: string[] = []
  return { lines, logger: pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) }) }
}

/** The notes subgraph behind its host, on a free port. */
export async function hostNotes() {
  const store = createNoteStore()
  const { lines, logger } = recordingLogger()
  const verifier = createInternalTokenVerifier({
    publicJwks: publicJwksOf(privateJwk),
    audience: subgraphAudience('content'),
  })
  const host = createSubgraphHost(createNotesSubgraph(store), { tokens: verifier, logger, uploadLimits })
  const url = await host.listen({ port: 0, host: '127.0.0.1' })
  return { store, lines, host, url, close: () => host.close() }
}

export function httpClient(url: string, options: Partial<HttpClientOptions> = {}) {
  const { lines, logger } = recordingLogger()
  return { lines, client: createHttpClient({ name: 'content', url, tokens, logger, ...options }) }
}

/** The notes subgraph in each of the two shapes. */
export const shapes = [
  {
    shape: 'in the same process',
    async start() {
      const store = createNoteStore()
      const { lines, logger } = recordingLogger()
      const client = createInProcessClient(createNotesSubgraph(store), {
        logger,
        deadlines: { queryMs: 1000 },
      })
      return { store, client, lines, close: () => Promise.resolve() }
    },
  },
  {
    shape: 'over HTTP',
    async start() {
      const { store, lines, url, close } = await hostNotes()
      const { client } = httpClient(url, { deadlines: { queryMs: 1000 } })
      return {
        store,
        client,
        lines,
        close: async () => {
          client.close()
          await close()
        },
      }
    },
  },
]

export function request(query: string, variables: Record<string, unknown> = {}, caller: Caller = ann) {
  return { document: parse(query), query, variables, caller }
}

/** A result as a client would get it. */
export async function run(client: SubgraphClient, query: string, variables: Record<string, unknown> = {}) {
  return asJson(await client.execute(request(query, variables)))
}

export function asJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}

export function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('It does not listen on a port.')
  return address.port
}

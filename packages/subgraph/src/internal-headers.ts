import { randomUUID } from 'node:crypto'
import type { Caller, Principal } from '@arv/identity'

const REQUEST_ID = /^[\w.:-]{1,128}$/

/** What a subgraph is told beside the operation: over HTTP as headers, over a WebSocket as connection parameters. */
export interface InternalHeaders {
  readonly authorization: string
  readonly 'x-request-id': string
  readonly 'x-arv-client-ip'?: string
  readonly 'x-arv-client-user-agent'?: string
}

/** The only headers that go to a subgraph; nothing of the client's own is passed on. */
export function internalHeaders(token: string, { requestId, client }: Caller): InternalHeaders {
  return {
    authorization: `Bearer ${token}`,
    'x-request-id': requestId,
    // Percent-encoded, because a user agent may hold characters that a header can't.
    ...(client.ipAddress === null ? {} : { 'x-arv-client-ip': encodeURIComponent(client.ipAddress) }),
    ...(client.userAgent === null
      ? {}
      : { 'x-arv-client-user-agent': encodeURIComponent(client.userAgent.toWellFormed()) }),
  }
}

/** The token of a `Bearer` authorization; null when there is none. */
export function bearerTokenOf(headers: Readonly<Record<string, unknown>>): string | null {
  const { authorization } = headers
  return typeof authorization === 'string' && authorization.startsWith('Bearer ')
    ? authorization.slice(7)
    : null
}

/** Who is asking: the verified principal, and what the headers say of the request and the client. */
export function callerOf(headers: Readonly<Record<string, unknown>>, principal: Principal): Caller {
  const requestId = headers['x-request-id']
  return {
    requestId: typeof requestId === 'string' && REQUEST_ID.test(requestId) ? requestId : randomUUID(),
    principal,
    client: {
      ipAddress: decoded(headers['x-arv-client-ip']),
      userAgent: decoded(headers['x-arv-client-user-agent']),
    },
  }
}

function decoded(value: unknown): string | null {
  if (typeof value !== 'string') return null
  try {
    return decodeURIComponent(value)
  } catch {
    return null
  }
}

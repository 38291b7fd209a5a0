import type { Caller, Principal } from '@arv/identity'
import { requestIdOf } from './request-id.ts'

/** What a subgraph is told beside the operation: over HTTP as headers, over a WebSocket as connection parameters. */
export interface InternalHeaders {
  readonly authorization: string
  readonly 'x-request-id': string
  readonly 'x-arv-client-ip'?: string
  readonly 'x-arv-client-user-agent'?: string
  readonly traceparent?: string
}

/** The only headers that go to a subgraph; nothing of the client's own is passed on. */
export function internalHeaders(token: string, { requestId, client, traceparent }: Caller): InternalHeaders {
  return {
    authorization: `Bearer ${token}`,
    'x-request-id': requestId,
    ...(traceparent !== undefined && { traceparent }),
    // Percent-encoded, because a user agent may hold characters that a header can't.
    ...(client.ipAddress === null ? {} : { 'x-arv-client-ip': encodeURIComponent(client.ipAddress) }),
    ...(client.userAgent === null
      ? {}
      : { 'x-arv-client-user-agent': encodeURIComponent(client.userAgent.toWellFormed()) }),
  }
}

const COMMIT_WITHIN = 'x-arv-commit-within'

/** Tells a subgraph for how long, from now, it may commit what it is asked to do. In milliseconds, so that no two clocks have to agree. */
export function commitWithinHeader(milliseconds: number): Readonly<Record<string, string>> {
  return { [COMMIT_WITHIN]: String(milliseconds) }
}

/** In milliseconds; undefined when there is no such limit. */
export function commitWithinOf(headers: Readonly<Record<string, unknown>>): number | undefined {
  const given = headers[COMMIT_WITHIN]
  return typeof given === 'string' && /^\d{1,9}$/.test(given) ? Number(given) : undefined
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
  return {
    requestId: requestIdOf(headers),
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

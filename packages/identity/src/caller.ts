/** What a member may do in a company. Each role includes the ones after it: OWNER, EDITOR, VIEWER. */
export type Role = 'OWNER' | 'EDITOR' | 'VIEWER'

/** A user's place in one company. */
export interface Membership {
  readonly companyId: number
  readonly role: Role
}

/** Who is asking, as tenancy last knew them. */
export type Principal =
  | { readonly kind: 'anonymous' }
  | {
      readonly kind: 'user'
      readonly userId: number
      readonly isPlatformAdmin: boolean
      readonly memberships: readonly Membership[]
      /** The sign-in (refresh token family) that they came by; none with a token of an external issuer. */
      readonly familyId?: string
    }
  /** A machine, with a key of one company. */
  | {
      readonly kind: 'apiKey'
      readonly apiKeyId: number
      readonly companyId: number
      readonly role: Role
    }

/** What the visitor's connection tells; trusted because only the gateway can say it. */
export interface ClientInfo {
  readonly ipAddress: string | null
  readonly userAgent: string | null
}

/** Everything a subgraph is told about one request. */
export interface Caller {
  readonly requestId: string
  readonly principal: Principal
  readonly client: ClientInfo
  /** The trace that the request belongs to (W3C Trace Context), while there is one. */
  readonly traceparent?: string
}

export const ANONYMOUS: Principal = { kind: 'anonymous' }

import type { Database } from '@arv/database'
import type { EventBus, EventWriter } from '@arv/events'
import type { AccessTokenIssuer } from '@arv/identity'
import type { JobSender } from '@arv/jobs'
import type { SubgraphClient } from '@arv/subgraph'
import type { Logger } from 'pino'
import type { Channels } from './notifications/channels.ts'
import type { AttemptLimits } from './sessions/attempt-limits.ts'
import type { Turnstile } from './turns/turnstile.ts'

/** How passwords are kept and checked. */
export interface Passwords {
  hash(password: string): Promise<string>
  verify(password: string, hash: string): Promise<boolean>
}

/** What tenancy's use-cases work with. */
export interface TenancyDeps {
  readonly database: Database
  readonly events: EventWriter
  readonly bus: EventBus
  readonly jobs: JobSender
  /** Makes a company's folders. */
  readonly media: Pick<SubgraphClient, 'command'>
  readonly accessTokens: AccessTokenIssuer
  readonly refreshTokenTtlSeconds: number
  readonly passwords: Passwords
  readonly attemptLimits: AttemptLimits
  /** Sign-ins of one account or network wait for each other; this keeps them from taking all connections meanwhile. */
  readonly signInTurns: Turnstile
  /** What people are told by. */
  readonly channels: Channels
  readonly logger: Logger
}

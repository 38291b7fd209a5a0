import { buildSubgraphSchema } from '@apollo/subgraph'
import { hashPassword, verifyPassword } from '@arv/identity'
import { exportPart } from '@arv/leaving'
import { loadTypeDefs, scalarResolvers, type Subgraph } from '@arv/subgraph'
import { type DocumentNode, type GraphQLSchema, Kind } from 'graphql'
import { apiKeysResolvers } from './api-keys/api-keys.resolvers.ts'
import { auditLogResolvers } from './audit-log/audit-log.resolvers.ts'
import { keepSealing } from './audit-log/keep-sealing.ts'
import { companiesResolvers } from './companies/companies.resolvers.ts'
import { createTenancyContext } from './context.ts'
import { companyErasuresResolvers } from './erasures/company-erasures.resolvers.ts'
import { erasePeople } from './erasures/erase-people.ts'
import { eraseRest } from './erasures/erase-rest.ts'
import { EXPORTED_TABLES } from './exports/exported-tables.ts'
import { membersResolvers } from './members/members.resolvers.ts'
import { mailPasswordReset } from './passwords/mail-password-reset.ts'
import { passwordsResolvers } from './passwords/passwords.resolvers.ts'
import { principalsResolvers } from './principals/principals.resolvers.ts'
import { createDeliverHandler } from './notifications/deliver-notification.ts'
import { notificationsResolvers } from './notifications/notifications.resolvers.ts'
import { raiseDue } from './notifications/raise-due.ts'
import { createRaiseHandler } from './notifications/raise-notice.ts'
import { projectsResolvers } from './projects/projects.resolvers.ts'
import { renewProjects } from './projects/renew-projects.ts'
import { createAttemptLimits, type FreeAttempts } from './sessions/attempt-limits.ts'
import { principalCommand } from './principals/principal-command.ts'
import { sessionsResolvers } from './sessions/sessions.resolvers.ts'
import type { Passwords, TenancyDeps } from './tenancy-deps.ts'
import { createTurnstile } from './turns/turnstile.ts'
import { boundPasswords } from './users/bound-passwords.ts'
import { usersResolvers } from './users/users.resolvers.ts'

export type { FreeAttempts } from './sessions/attempt-limits.ts'
export type { Passwords } from './tenancy-deps.ts'

export interface TenancySubgraphDeps extends Omit<
  TenancyDeps,
  'passwords' | 'attemptLimits' | 'signInTurns'
> {
  /** argon2id unless given. */
  readonly passwords?: Passwords
  /** How often somebody may fail to sign in before they have to wait; `FREE_ATTEMPTS` unless given. */
  readonly freeAttempts?: FreeAttempts
}

/** Of the pool's ten connections, while they look at what is held against them. */
const SIGN_INS_AT_ONCE = 3
const SIGN_INS_WAITING = 200

/** Companies, projects, people and their sessions. The database and what else is given is closed by who made it. */
export function createTenancySubgraph({
  passwords = { hash: hashPassword, verify: verifyPassword },
  freeAttempts,
  ...given
}: TenancySubgraphDeps): Subgraph {
  const deps: TenancyDeps = {
    ...given,
    passwords: boundPasswords(passwords),
    attemptLimits: createAttemptLimits(freeAttempts),
    signInTurns: createTurnstile({ atOnce: SIGN_INS_AT_ONCE, waiting: SIGN_INS_WAITING }),
  }
  return {
    name: 'tenancy',
    schema: createSchema(),
    createContext: (caller) => createTenancyContext(deps, caller),
    commands: { principal: principalCommand(deps) },
    jobs: {
      'projects.renew': async (_payload, { signal }) => {
        await renewProjects(deps, signal)
      },
      'mail.password-reset': (payload) => mailPasswordReset(deps, payload),
      'notification.raise': createRaiseHandler(deps),
      'notification.deliver': createDeliverHandler(deps),
      'notifications.due': async (_payload, { signal }) => {
        await raiseDue(deps, signal)
      },
      'export.tenancy': (request, { signal }) =>
        exportPart(deps, { ...request, part: 'tenancy' }, EXPORTED_TABLES, signal),
      'erasure.people': erasePeople(deps),
      'erasure.rest': eraseRest(deps),
    },
    cron: { 'projects.renew': '*/5 * * * *', 'notifications.due': '*/5 * * * *' },
    startBackground: () => keepSealing(deps),
    ready: () => deps.database.ping(),
    close: () => Promise.resolve(),
  }
}

function createSchema(): GraphQLSchema {
  // Features share types (Query, Company): as modules of one schema, their resolvers are put together field by field.
  const features = [
    sessionsResolvers,
    passwordsResolvers,
    usersResolvers,
    membersResolvers,
    apiKeysResolvers,
    principalsResolvers,
    auditLogResolvers,
    companiesResolvers,
    companyErasuresResolvers,
    projectsResolvers,
    notificationsResolvers,
  ]
  const noTypes: DocumentNode = { kind: Kind.DOCUMENT, definitions: [] }
  return buildSubgraphSchema([
    { typeDefs: loadTypeDefs(import.meta.dirname), resolvers: scalarResolvers },
    ...features.map((resolvers) => ({ typeDefs: noTypes, resolvers: { ...resolvers } })),
  ])
}

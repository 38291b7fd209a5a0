import type { Caller } from '@arv/identity'
import { findAuditEntries, type AuditEntry } from './audit-log/audit-entries.repository.ts'
import { type AuditPages, createAuditPages } from './audit-log/audit-pages.ts'
import { type ApiKeyLoaders, createApiKeyLoaders } from './api-keys/api-keys.loader.ts'
import { createCompanyLoader } from './companies/companies.loader.ts'
import { createMembershipLoaders, type MembershipLoaders } from './members/members.loader.ts'
import { createNotificationPages, type NotificationPages } from './notifications/notification-pages.ts'
import { createNotificationLoaders, type NotificationLoaders } from './notifications/notifications.loader.ts'
import { createProjectPages, type ProjectPages } from './projects/project-pages.ts'
import { createProjectLoader } from './projects/projects.loader.ts'
import type { Company } from './companies/companies.repository.ts'
import type { Project } from './projects/projects.repository.ts'
import { readAsCaller } from './read-as-caller.ts'
import { createRowLoader, type RowLoader } from './row-loaders.ts'
import type { TenancyDeps } from './tenancy-deps.ts'
import { createUserLoader } from './users/users.loader.ts'
import type { User } from './users/users.repository.ts'

interface Loaders extends MembershipLoaders, ApiKeyLoaders, NotificationLoaders {
  readonly users: RowLoader<User>
  readonly companies: RowLoader<Company>
  readonly projects: RowLoader<Project>
  readonly projectPages: ProjectPages
  readonly notificationPages: NotificationPages
  readonly auditEntries: RowLoader<AuditEntry>
  readonly auditPages: AuditPages
}

/** What resolvers have during one operation. */
export interface TenancyContext {
  readonly caller: Caller
  readonly deps: TenancyDeps
  readonly loaders: Loaders
}

export function createTenancyContext(deps: TenancyDeps, caller: Caller): TenancyContext {
  const { database } = deps
  return {
    caller,
    deps,
    loaders: {
      users: createUserLoader(database, caller),
      companies: createCompanyLoader(database, caller),
      projects: createProjectLoader(database, caller),
      projectPages: createProjectPages(database, caller),
      notificationPages: createNotificationPages(database, caller),
      auditEntries: createRowLoader((ids) =>
        readAsCaller(database, caller, (tx, tenant) => findAuditEntries(tx, tenant, ids)),
      ),
      auditPages: createAuditPages(database, caller),
      ...createMembershipLoaders(database, caller),
      ...createApiKeyLoaders(database, caller),
      ...createNotificationLoaders(database, caller),
    },
  }
}

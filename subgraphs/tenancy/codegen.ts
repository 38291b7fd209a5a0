import { subgraphCodegen } from '@arv/subgraph/codegen'

export default subgraphCodegen({
  contextType: '../context.ts#TenancyContext',
  mappers: {
    Session: '../sessions/open-session.ts#Session',
    User: '../users/users.repository.ts#User',
    AuditEntry: '../audit-log/audit-entries.repository.ts#AuditEntry',
    AuditEntryConnection: '../audit-log/audit-pages.ts#AuditEntryConnection',
    ApiKey: '../api-keys/api-keys.repository.ts#ApiKey',
    Membership: '../members/members.repository.ts#Membership',
    Company: '../companies/companies.repository.ts#Company',
    CompanyConnection: '../companies/company-pages.ts#CompanyConnection',
    Notification: '../notifications/notifications.repository.ts#Notification',
    NotificationConnection: '../notifications/notification-pages.ts#NotificationConnection',
    CompanyErasure: '../erasures/company-erasures.repository.ts#CompanyErasure',
    Project: '../projects/projects.repository.ts#Project',
    ProjectConnection: '../projects/project-pages.ts#ProjectConnection',
  },
})

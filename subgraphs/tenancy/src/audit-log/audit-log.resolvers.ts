import { fromGlobalId, LARGEST_BIGINT, toGlobalId } from '@arv/relay'
import { requireStanding } from '@arv/subgraph/access'
import type { Resolvers } from '../__generated__/resolver-types.ts'
import { loadNamed } from '../row-loaders.ts'
import { readAuditActor } from './audit-actor.ts'

export const auditLogResolvers: Resolvers = {
  AuditEntry: {
    __resolveReference: async ({ id }, { caller, loaders }) => {
      const entry = await loadNamed(loaders.auditEntries, fromGlobalId('AuditEntry', id, LARGEST_BIGINT))
      if (entry) requireStanding('Company.auditLog', caller, entry.companyId)
      return entry
    },
    id: (entry) => toGlobalId('AuditEntry', entry.id),
    actorKind: ({ actor }) => readAuditActor(actor).kind,
    actor: (entry, _args, { loaders }) => {
      const actor = readAuditActor(entry.actor)
      return actor.kind === 'USER' ? loaders.users.load(actor.userId) : null
    },
    apiKey: (entry, _args, { loaders }) => {
      const actor = readAuditActor(entry.actor)
      return actor.kind === 'API_KEY' ? loaders.apiKeys.load(actor.apiKeyId) : null
    },
    job: (entry) => {
      const actor = readAuditActor(entry.actor)
      return actor.kind === 'JOB' ? actor.name : null
    },
    entityId: ({ entityType, entityId }) => toGlobalId(entityType, entityId),
  },
  Company: {
    auditLog: (company, args, { caller, loaders }) => {
      requireStanding('Company.auditLog', caller, company.id)
      return loaders.auditPages.load(company.id, args)
    },
  },
}

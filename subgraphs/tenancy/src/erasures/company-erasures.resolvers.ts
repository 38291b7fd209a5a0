import { platform } from '@arv/database'
import type { Caller } from '@arv/identity'
import { fromGlobalId, toGlobalId } from '@arv/relay'
import { actorOf } from '@arv/subgraph/access'
import type { Resolvers } from '../__generated__/resolver-types.ts'
import { readAuditActor } from '../audit-log/audit-actor.ts'
import type { TenancyDeps } from '../tenancy-deps.ts'
import { type CompanyErasure, findErasure } from './company-erasures.repository.ts'
import { eraseCompany } from './erase-company.ts'

export const companyErasuresResolvers: Resolvers = {
  Query: {
    companyErasure: (_parent, { companyId }, { deps, caller }) =>
      readErasure(deps, caller, fromGlobalId('Company', companyId)),
  },
  Company: {
    erasure: ({ id, erasedAt }, _args, { deps, caller }) =>
      erasedAt === null ? null : readErasure(deps, caller, id),
  },
  CompanyErasure: {
    companyId: ({ companyId }) => toGlobalId('Company', companyId),
    slugSha256: ({ slugHash }) => slugHash.toString('hex'),
    requestedBy: ({ requestedBy }, _args, { loaders }) => {
      const actor = readAuditActor(requestedBy)
      return actor.kind === 'USER' ? loaders.users.load(actor.userId) : null
    },
    removed: ({ removed }) =>
      Object.entries(removed)
        .map(([table, rows]) => ({ table, rows }))
        .toSorted((a, b) => (a.table < b.table ? -1 : 1)),
  },
  Mutation: {
    eraseCompany: (_parent, { input }, { deps, caller }) => eraseCompany(deps, caller, input),
  },
}

/** Null for everybody but the platform's administrators. */
async function readErasure(
  { database }: Pick<TenancyDeps, 'database'>,
  caller: Caller,
  companyId: number | null,
): Promise<CompanyErasure | null> {
  const actor = actorOf(caller)
  const { principal } = caller
  if (companyId === null || principal.kind !== 'user' || !principal.isPlatformAdmin) return null
  return database.read(platform(actor), (tx) => findErasure(tx, companyId))
}

import type { WriteTx } from '@arv/database'
import { appendAudit, type AuditEntry } from '@arv/events'
import type { Action, Caller } from '@arv/identity'
import { fromGlobalId } from '@arv/relay'
import { failure, type Failure, notFound } from '@arv/subgraph'
import { actorOf, changeCompany } from '@arv/subgraph/access'
import type { TenancyDeps } from '../tenancy-deps.ts'
import { lockMembershipsOfCompany, type Membership } from './members.repository.ts'

/** A member, as an input names them. Global ids. */
export interface NamedMember {
  readonly companyId: string
  readonly userId: string
}

/** Runs a change of one member with all members of the company locked, so that two can't both be the last owner. */
export async function changeMember<T>(
  { database }: Pick<TenancyDeps, 'database'>,
  caller: Caller,
  input: NamedMember,
  action: Action,
  change: (tx: WriteTx, member: Membership, all: readonly Membership[]) => Promise<T | Failure>,
): Promise<T | Failure> {
  actorOf(caller)
  const missing = notFound('companyId', 'company')
  const companyId = fromGlobalId('Company', input.companyId)
  const userId = fromGlobalId('User', input.userId)
  if (companyId === null) return failure(missing)
  return changeCompany<T | Failure>(database, caller, { companyId, action, missing }, async (tx) => {
    const all = await lockMembershipsOfCompany(tx, companyId)
    const member = all.find((each) => each.userId === userId)
    return member ? change(tx, member, all) : failure(notFound('userId', 'member'))
  })
}

/** Tells those who remember what the member may do, and the audit log. */
export async function announceMember(
  events: TenancyDeps['events'],
  tx: WriteTx,
  { id, userId }: Membership,
  { action, changes }: Pick<AuditEntry, 'action' | 'changes'>,
): Promise<void> {
  await events.append(tx, {
    type: 'principal.changed',
    subject: { type: 'user', id: userId },
    payload: {},
  })
  await appendAudit(tx, { action, entityType: 'Membership', entityId: id, changes: changes ?? {} })
}

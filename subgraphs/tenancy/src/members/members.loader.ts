import type { Database } from '@arv/database'
import type { Caller } from '@arv/identity'
import { readAsCaller } from '../read-as-caller.ts'
import { createGroupLoader, createRowLoader, type GroupLoader, type RowLoader } from '../row-loaders.ts'
import {
  findMemberships,
  findMembershipsOfCompanies,
  findMembershipsOfUsers,
  type Membership,
} from './members.repository.ts'

export interface MembershipLoaders {
  readonly memberships: RowLoader<Membership>
  readonly membershipsOfUser: GroupLoader<Membership>
  readonly membershipsOfCompany: GroupLoader<Membership>
}

export function createMembershipLoaders(database: Database, caller: Caller): MembershipLoaders {
  return {
    memberships: createRowLoader((ids) =>
      readAsCaller(database, caller, (tx, tenant) => findMemberships(tx, tenant, ids)),
    ),
    membershipsOfUser: createGroupLoader(
      (ids) => readAsCaller(database, caller, (tx, tenant) => findMembershipsOfUsers(tx, tenant, ids)),
      (membership) => membership.userId,
    ),
    membershipsOfCompany: createGroupLoader(
      (ids) => readAsCaller(database, caller, (tx, tenant) => findMembershipsOfCompanies(tx, tenant, ids)),
      (membership) => membership.companyId,
    ),
  }
}

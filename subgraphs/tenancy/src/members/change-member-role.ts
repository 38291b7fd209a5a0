import type { Caller, Role } from '@arv/identity'
import { conflict, failure, type Failure } from '@arv/subgraph'
import type { TenancyDeps } from '../tenancy-deps.ts'
import { announceMember, changeMember } from './change-member.ts'
import { isLastOwner } from './member.ts'
import { type Membership, updateMembershipRole } from './members.repository.ts'

interface ChangedMember {
  readonly member: Membership
  readonly userErrors: []
}

/** Gives a member another role, from their next request on. */
export function changeMemberRole(
  deps: Pick<TenancyDeps, 'database' | 'events'>,
  caller: Caller,
  input: { readonly companyId: string; readonly userId: string; readonly role: Role },
): Promise<ChangedMember | Failure> {
  return changeMember<ChangedMember>(deps, caller, input, 'changeMemberRole', async (tx, member, all) => {
    const { role } = input
    if (member.role === role) return { member, userErrors: [] }
    if (isLastOwner(member, all)) {
      return failure(conflict('role', 'The company needs an owner: make somebody else one first.'))
    }
    const changed = await updateMembershipRole(tx, member, role)
    const changes = { userId: member.userId, role }
    await announceMember(deps.events, tx, changed, { action: 'member.change-role', changes })
    return { member: changed, userErrors: [] }
  })
}

import type { Caller } from '@arv/identity'
import { toGlobalId } from '@arv/relay'
import { conflict, failure, type Failure } from '@arv/subgraph'
import type { TenancyDeps } from '../tenancy-deps.ts'
import { announceMember, changeMember } from './change-member.ts'
import { isLastOwner } from './member.ts'
import { deleteMembership } from './members.repository.ts'

interface RemovedMember {
  readonly removedUserId: string
  readonly userErrors: []
}

/** Ends a membership, from the person's next request on. They stay a user of the platform. */
export function removeMember(
  deps: Pick<TenancyDeps, 'database' | 'events'>,
  caller: Caller,
  input: { readonly companyId: string; readonly userId: string },
): Promise<RemovedMember | Failure> {
  const isSelf =
    caller.principal.kind === 'user' && input.userId === toGlobalId('User', caller.principal.userId)
  const action = isSelf ? 'removeMember.self' : 'removeMember'
  return changeMember<RemovedMember>(deps, caller, input, action, async (tx, member, all) => {
    if (isLastOwner(member, all)) {
      return failure(conflict('userId', 'The company needs an owner: make somebody else one first.'))
    }
    await deleteMembership(tx, member)
    const { userId } = member
    await announceMember(deps.events, tx, member, { action: 'member.remove', changes: { userId } })
    return { removedUserId: toGlobalId('User', userId), userErrors: [] }
  })
}

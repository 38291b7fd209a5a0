import type { WriteTx } from '@arv/database'
import { appendAudit } from '@arv/events'
import type { Caller, Role } from '@arv/identity'
import { fromGlobalId } from '@arv/relay'
import { conflict, failure, type Failure, notFound } from '@arv/subgraph'
import { actorOf, changeCompany } from '@arv/subgraph/access'
import { failureOf } from '../inputs/field-rules.ts'
import type { TenancyDeps } from '../tenancy-deps.ts'
import { findUserByEmail, insertUser, type User } from '../users/users.repository.ts'
import { memberProblems } from './member.ts'
import { insertMembership, type Membership, sharesCompany } from './members.repository.ts'

export interface AddMember {
  readonly companyId: string
  readonly email: string
  readonly name: string
  readonly password: string
  readonly role: Role
}

interface AddedMember {
  readonly member: Membership
  readonly userErrors: []
}

/** Adds whoever has the e-mail address to a company; somebody new to the platform is made a user first. */
export async function addMember(
  { database, events, passwords }: Pick<TenancyDeps, 'database' | 'events' | 'passwords'>,
  caller: Caller,
  input: AddMember,
): Promise<AddedMember | Failure> {
  actorOf(caller)
  const person = { email: input.email, name: input.name.trim(), password: input.password }
  const refused = failureOf(memberProblems(person))
  if (refused) return refused
  const missing = notFound('companyId', 'company')
  const companyId = fromGlobalId('Company', input.companyId)
  if (companyId === null) return failure(missing)

  // Before a connection is held: hashing takes its time, and its turn.
  const passwordHash = await passwords.hash(person.password)
  return changeCompany<AddedMember | Failure>(
    database,
    caller,
    { companyId, action: 'addMember', missing, scope: 'platform' },
    async (tx) => {
      const found = await findOrAddUser(tx, person, passwordHash)
      if (!(await mayBeAdded(tx, caller, found))) return failure(UNCONFIRMED)
      const { user } = found
      const member = await insertMembership(tx, { companyId, userId: user.id, role: input.role })
      if (!member) return failure(conflict('email', 'This person is a member of the company already.'))
      await events.append(tx, {
        type: 'principal.changed',
        subject: { type: 'user', id: user.id },
        payload: {},
      })
      const changes = { userId: user.id, role: member.role }
      await appendAudit(tx, { action: 'member.add', entityType: 'Membership', entityId: member.id, changes })
      return { member, userErrors: [] }
    },
  )
}

const UNCONFIRMED = conflict(
  'email',
  'Another company has made an account for this address, and nobody has confirmed it yet. Its owner can, by asking for a new password; or ask an administrator of the platform to add them.',
)

/**
 * Whoever makes an account chooses its password. So nobody is given another company's account for the person behind an
 * address before that person has shown that it is theirs; an administrator of the platform answers for whom they add.
 */
async function mayBeAdded(tx: WriteTx, caller: Caller, { user, isNew }: Found): Promise<boolean> {
  if (isNew || user.emailConfirmedAt !== null || user.isPlatformAdmin) return true
  const { principal } = caller
  if (principal.kind !== 'user') return false
  return principal.isPlatformAdmin || sharesCompany(tx, principal.userId, user.id)
}

interface Found {
  readonly user: User
  readonly isNew: boolean
}

async function findOrAddUser(
  tx: WriteTx,
  { email, name }: { email: string; name: string },
  passwordHash: string,
): Promise<Found> {
  const known = await findUserByEmail(tx, email)
  if (known) return { user: known, isNew: false }
  const added = await insertUser(tx, { email, name, passwordHash })
  if (added) return { user: added, isNew: true }
  // Somebody else added the same address meanwhile, and has committed: now it is seen.
  const user = await findUserByEmail(tx, email)
  if (!user) throw new Error('a user was neither found nor added')
  return { user, isNew: false }
}

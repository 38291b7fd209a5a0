import type { WriteTx } from '@arv/database'
import { appendAudit } from '@arv/events'
import type { Caller, Role } from '@arv/identity'
import { fromGlobalId } from '@arv/relay'
import { conflict, failure, type Failure, notFound } from '@arv/subgraph'
import { actorOf, changeCompany } from '@arv/subgraph/access'
import { failureOf } from '../inputs/field-rules.ts'
import type { Passwords, TenancyDeps } from '../tenancy-deps.ts'
import { findUserByEmail, insertUser, type User } from '../users/users.repository.ts'
import { memberProblems } from './member.ts'
import { insertMembership, type Membership } from './members.repository.ts'

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

  return changeCompany(
    database,
    caller,
    { companyId, action: 'addMember', missing, scope: 'platform' },
    async (tx) => {
      const user = await findOrAddUser(tx, passwords, person)
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

async function findOrAddUser(
  tx: WriteTx,
  passwords: Passwords,
  { email, name, password }: { email: string; name: string; password: string },
): Promise<User> {
  const known = await findUserByEmail(tx, email)
  if (known) return known
  const added = await insertUser(tx, { email, name, passwordHash: await passwords.hash(password) })
  // Somebody else added the same address meanwhile, and has committed: now it is seen.
  const user = added ?? (await findUserByEmail(tx, email))
  if (!user) throw new Error('a user was neither found nor added')
  return user
}

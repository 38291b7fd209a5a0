import type { Role } from '@arv/identity'
import type { UserError } from '@arv/subgraph'
import { problemsOf, textProblem } from '../inputs/field-rules.ts'
import { passwordProblem } from '../passwords/password.ts'

/** Who is to be added, as the form says it. */
export interface NewMember {
  readonly name: string
  readonly password: string
}

/** What is wrong with a new member. */
export function memberProblems({ name, password }: NewMember): UserError[] {
  return problemsOf([textProblem('name', name, { min: 1, max: 200 }), passwordProblem('password', password)])
}

/** Whether a company would be without an owner if not for this member. */
export function isLastOwner(
  member: { readonly id: number; readonly role: Role },
  all: readonly { readonly id: number; readonly role: Role }[],
): boolean {
  return member.role === 'OWNER' && !all.some(({ id, role }) => role === 'OWNER' && id !== member.id)
}

import type { Role } from '@arv/identity'
import type { UserError } from '@arv/subgraph'
import { lengthProblem, problemsOf, textProblem } from '../inputs/field-rules.ts'

/** Who is to be added, as the form says it. */
export interface NewMember {
  readonly name: string
  readonly password: string
}

/** What is wrong with a new member. Any character may be in a password: its hash is all that is kept. */
export function memberProblems({ name, password }: NewMember): UserError[] {
  return problemsOf([
    textProblem('name', name, { min: 1, max: 200 }),
    lengthProblem('password', password, { min: 10, max: 200 }),
  ])
}

/** Whether a company would be without an owner if not for this member. */
export function isLastOwner(
  member: { readonly id: number; readonly role: Role },
  all: readonly { readonly id: number; readonly role: Role }[],
): boolean {
  return member.role === 'OWNER' && !all.some(({ id, role }) => role === 'OWNER' && id !== member.id)
}

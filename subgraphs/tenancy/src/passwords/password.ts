import type { UserError } from '@arv/subgraph'
import { lengthProblem } from '../inputs/field-rules.ts'

/** For all passwords of people, however they are set. ARV_ADMIN_PASSWORD has the same. */
const LENGTH = { min: 10, max: 200 }

/** What is wrong with a new password. Any character may be in it: its hash is all that is kept. */
export function passwordProblem(field: string, password: string): UserError | null {
  return lengthProblem(field, password, LENGTH)
}

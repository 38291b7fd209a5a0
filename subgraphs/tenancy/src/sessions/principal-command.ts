import { platform } from '@arv/database'
import type { Principal } from '@arv/identity'
import { z } from 'zod'
import type { TenancyDeps } from '../tenancy-deps.ts'
import { findPrincipal } from './sessions.repository.ts'

const inputSchema = z.object({ userId: z.int().positive(), familyId: z.uuid() })

/**
 * The internal command `principal`: who an access token stands for, now. Null when the user is gone, or the session
 * was signed out or has expired.
 *
 * @throws Error when the input has another shape
 */
export function principalCommand({ database }: Pick<TenancyDeps, 'database'>) {
  return (input: unknown): Promise<Principal | null> => {
    const { userId, familyId } = inputSchema.parse(input)
    return database.read(platform({ kind: 'nobody' }), (tx) => findPrincipal(tx, userId, familyId))
  }
}

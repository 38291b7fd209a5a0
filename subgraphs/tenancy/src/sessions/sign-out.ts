import { platform } from '@arv/database'
import type { TenancyDeps } from '../tenancy-deps.ts'
import { readOneTimeToken } from '../tokens/one-time-token.ts'
import { lockFamily, revokeFamily } from './sessions.repository.ts'

/** Ends the session of a refresh token, spent ones included. Says the same for a token that nobody has. */
export async function signOut(
  { database }: Pick<TenancyDeps, 'database'>,
  { refreshToken }: { readonly refreshToken: string },
): Promise<{ readonly userErrors: [] }> {
  const hash = readOneTimeToken(refreshToken)
  if (hash !== null) {
    await database.write(platform({ kind: 'nobody' }), async (tx) => {
      const familyId = await lockFamily(tx, hash)
      if (familyId !== undefined) await revokeFamily(tx, familyId)
    })
  }
  return { userErrors: [] }
}

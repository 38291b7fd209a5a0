import type { TenancyDeps } from '../tenancy-deps.ts'
import type { User } from '../users/users.repository.ts'
import type { OneTimeToken } from '../tokens/one-time-token.ts'
import type { StoredToken } from './sessions.repository.ts'

/** What somebody who is signed in holds. */
export interface Session {
  readonly accessToken: string
  readonly accessTokenExpiresAt: Date
  readonly refreshToken: string
  readonly refreshTokenExpiresAt: Date
  readonly user: User
}

/** The session that a kept refresh token stands for. */
export async function openSession(
  { accessTokens }: Pick<TenancyDeps, 'accessTokens'>,
  user: User,
  refresh: OneTimeToken,
  stored: StoredToken,
): Promise<Session> {
  const access = await accessTokens.issue({ userId: user.id, familyId: stored.familyId })
  return {
    accessToken: access.token,
    accessTokenExpiresAt: access.expiresAt,
    refreshToken: refresh.token,
    refreshTokenExpiresAt: stored.expiresAt,
    user,
  }
}

import { createPool } from './pool.ts'

/** The logins that the migrations make, without a password: nobody can use them until one is set. */
export const LOGINS = ['tenancy', 'content', 'media', 'analytics', 'viewer'] as const

export type Login = (typeof LOGINS)[number]

/**
 * Sets the logins' passwords and answers with their addresses on the owner's server.
 *
 * @param ownerUrl the owner's address of the database
 */
export async function setLoginPasswords(
  ownerUrl: string,
  passwords: Readonly<Record<Login, string>>,
): Promise<Record<Login, string>> {
  const pool = createPool(ownerUrl, { max: 1 })
  try {
    for (const login of LOGINS) {
      // ALTER ROLE takes no parameters: the server itself quotes the literal.
      const [row] = await pool<{ statement: string }[]>`
        select format('alter role %I password %L', ${`arv_${login}_login`}::text, ${passwords[login]}::text) as statement`
      if (row) await pool.unsafe(row.statement)
    }
  } finally {
    await pool.end({ timeout: 5 })
  }
  return loginUrls(ownerUrl, passwords)
}

/** The addresses with which each login reaches the owner's database. */
export function loginUrls(
  ownerUrl: string,
  passwords: Readonly<Record<Login, string>>,
): Record<Login, string> {
  const address = (login: Login) => {
    const url = new URL(ownerUrl)
    url.username = `arv_${login}_login`
    url.password = passwords[login]
    return url.href
  }
  return {
    tenancy: address('tenancy'),
    content: address('content'),
    media: address('media'),
    analytics: address('analytics'),
    viewer: address('viewer'),
  }
}

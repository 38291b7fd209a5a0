import { createPool } from './pool.ts'

/** The logins that the migrations make, without a password: nobody can use them until one is set. */
export const LOGINS = ['tenancy', 'content', 'media', 'analytics', 'viewer', 'gateway'] as const

export type Login = (typeof LOGINS)[number]

/** Something of each login. A gateway can do without: it then counts rate limits for itself alone. */
export type ByLogin<T> = Readonly<Record<Exclude<Login, 'gateway'>, T>> & { readonly gateway?: T }

/**
 * Sets the logins' passwords and answers with their addresses on the owner's server.
 *
 * @param ownerUrl the owner's address of the database
 */
export async function setLoginPasswords(
  ownerUrl: string,
  passwords: ByLogin<string>,
): Promise<ByLogin<string>> {
  const pool = createPool(ownerUrl, { max: 1 })
  try {
    for (const login of LOGINS) {
      const password = passwords[login]
      if (password === undefined) continue
      // ALTER ROLE takes no parameters: the server itself quotes the literal.
      const [row] = await pool<{ statement: string }[]>`
        select format('alter role %I password %L', ${`arv_${login}_login`}::text, ${password}::text) as statement`
      if (row) await pool.unsafe(row.statement)
    }
  } finally {
    await pool.end({ timeout: 5 })
  }
  return loginUrls(ownerUrl, passwords)
}

/** The addresses with which the logins reach the owner's database. */
export function loginUrls(ownerUrl: string, passwords: ByLogin<string>): ByLogin<string> {
  return {
    tenancy: loginUrl(ownerUrl, 'tenancy', passwords.tenancy),
    content: loginUrl(ownerUrl, 'content', passwords.content),
    media: loginUrl(ownerUrl, 'media', passwords.media),
    analytics: loginUrl(ownerUrl, 'analytics', passwords.analytics),
    viewer: loginUrl(ownerUrl, 'viewer', passwords.viewer),
    ...(passwords.gateway !== undefined && { gateway: loginUrl(ownerUrl, 'gateway', passwords.gateway) }),
  }
}

/** The address with which one login reaches the owner's database. */
export function loginUrl(ownerUrl: string, login: Login, password: string): string {
  const url = new URL(ownerUrl)
  url.username = `arv_${login}_login`
  url.password = password
  return url.href
}

import { randomBytes } from 'node:crypto'
import { type Database, platform, type Tx, type WriteTx } from '@arv/database'
import { hashPassword } from '@arv/identity'
import type { Settings } from './settings.ts'
import { StartUpError } from './start-up-error.ts'

/** The platform's administrator. */
export interface Administrator {
  readonly id: number
  readonly email: string
  /** The password that was made now; undefined unless one was made. */
  readonly newPassword: string | undefined
}

const tenant = platform({ kind: 'job', name: 'seed' })

/**
 * Makes the administrator of the settings, unless there is one: that of the named address, or, when no password is
 * given, any. An existing one keeps their password.
 *
 * @throws StartUpError in production, where no password is made up
 */
export async function ensureAdministrator(
  database: Database,
  settings: Pick<Settings, 'admin' | 'isProduction'>,
): Promise<Administrator> {
  const { email, password: given } = settings.admin
  const known = await database.read(tenant, (tx) =>
    findAdministrator(tx, email, given === undefined ? 'any' : 'named'),
  )
  if (known) return { ...known, newPassword: undefined }
  if (given === undefined && settings.isProduction) {
    throw new StartUpError('ARV_ADMIN_PASSWORD is not set, and there is no administrator yet.')
  }
  const password = given ?? randomBytes(15).toString('base64url')
  const passwordHash = await hashPassword(password)
  const made = await database.write(tenant, (tx) => insertAdministrator(tx, email, passwordHash))
  if (made) return { ...made, newPassword: given === undefined ? password : undefined }
  throw new StartUpError(
    `ARV_ADMIN_EMAIL is ${email}, who is a user already and no administrator: name another address.`,
  )
}

/**
 * Gives the administrator another password, that of the settings or a new one, and ends their sessions.
 *
 * @throws StartUpError in production, where no password is made up
 */
export async function resetPassword(
  database: Database,
  { id, email }: Pick<Administrator, 'id' | 'email'>,
  settings: Pick<Settings, 'admin' | 'isProduction'>,
): Promise<Administrator> {
  const given = settings.admin.password
  if (given === undefined && settings.isProduction) throw new StartUpError('ARV_ADMIN_PASSWORD is not set.')
  const password = given ?? randomBytes(15).toString('base64url')
  const passwordHash = await hashPassword(password)
  await database.write(tenant, async (tx) => {
    await tx.sql`update tenancy.users set password_hash = ${passwordHash} where id = ${id}`
    // A token that is being spent meanwhile would leave a successor: whoever spends one holds its family's lock.
    await tx.sql`
      select pg_advisory_xact_lock(hashtextextended(family_id::text, 0))
      from (select distinct family_id from tenancy.refresh_tokens where user_id = ${id} order by family_id) families`
    await tx.sql`update tenancy.refresh_tokens set revoked_at = now() where user_id = ${id} and revoked_at is null`
  })
  return { id, email, newPassword: given === undefined ? password : undefined }
}

interface Row {
  readonly id: number
  readonly email: string
}

/** The one of this address; with `any`, failing that, the oldest. */
async function findAdministrator(tx: Tx, email: string, which: 'named' | 'any'): Promise<Row | undefined> {
  const [row] = await tx.sql<Row[]>`
    select id, email from tenancy.users
    where is_platform_admin and (${which === 'any'} or lower(email) = lower(${email}))
    order by lower(email) = lower(${email}) desc, id limit 1`
  return row
}

async function insertAdministrator(
  tx: WriteTx,
  email: string,
  passwordHash: string,
): Promise<Row | undefined> {
  const [made] = await tx.sql<Row[]>`
    insert into tenancy.users (email, name, password_hash, is_platform_admin)
    values (${email}, 'Administrator', ${passwordHash}, true)
    on conflict do nothing returning id, email`
  // Another process may have been faster with the same one.
  return made ?? (await findAdministrator(tx, email, 'named'))
}

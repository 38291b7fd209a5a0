import { randomBytes } from 'node:crypto'
import { type Database, platform, type Tx, type WriteTx } from '@arv/database'
import { hashPassword } from '@arv/identity'
import type { Settings } from './settings.ts'
import { StartUpError } from './start-up-error.ts'

/** The platform's administrator. */
export interface Administrator {
  readonly id: number
  readonly email: string
  /** The password that was made now and is known nowhere else; undefined unless one was made. */
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
    findAdministrator(tx, given === undefined ? undefined : email),
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

interface Row {
  readonly id: number
  readonly email: string
}

async function findAdministrator(tx: Tx, email: string | undefined): Promise<Row | undefined> {
  const [row] = await tx.sql<Row[]>`
    select id, email from tenancy.users
    where is_platform_admin and (${email ?? null}::text is null or lower(email) = lower(${email ?? null}))
    order by id limit 1`
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
  return made ?? (await findAdministrator(tx, email))
}

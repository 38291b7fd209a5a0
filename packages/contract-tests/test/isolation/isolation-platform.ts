import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { snapshotCursor } from '@arv/events'
import { hashPassword, makeApiKey } from '@arv/identity'
import { readSettings, startArv } from '@arv/launcher'
import { createTestDatabase } from '@arv/testkit'
import {
  plantCanaries,
  type Planted,
  rememberTenantRows,
  type Tenant,
  type TenantRows,
  TENANTS,
} from '@arv/testkit/canaries'
import { pino } from 'pino'
import postgres, { type Sql } from 'postgres'
import { connectSender, type Sender } from './sender.ts'

/** Somebody who asks, and whose things they may see. */
export interface Caller {
  readonly name: string
  readonly sees: readonly Tenant[]
  readonly sender: Sender
}

/** ARV in one process, with three tenants' canaries in all tables. */
export interface IsolationPlatform {
  readonly planted: Planted
  readonly rows: TenantRows
  readonly callers: readonly Caller[]
  readonly administrator: Caller
  /** A cursor from before all planted events. */
  readonly start: string
  readonly password: string
  /** Everything that was logged, from `info` on. */
  readonly log: readonly string[]
  /** As the superuser. */
  readonly sql: Sql
  close(): Promise<void>
}

const PASSWORD = 'correct horse battery'
const ADMINISTRATOR = { email: 'admin@arv.example', password: PASSWORD }
const MOST = String(500_000_000)

/** What keeps a crowd away would keep the law from asking: as much as can be set. */
const LIMITS = {
  ARV_MAX_OPERATION_COST: '1000000000',
  ARV_MAX_OPERATION_DEPTH: '50',
  ARV_MAX_OPERATION_FIELDS: '10000',
  ARV_MAX_OPERATION_ALIASES: '10000',
  ARV_MAX_OPERATION_TOKENS: '10000',
  ARV_RATE_STRANGER_POINTS: MOST,
  ARV_RATE_USER_POINTS: MOST,
  ARV_RATE_API_KEY_POINTS: MOST,
  ARV_RATE_REQUESTS: MOST,
  ARV_RATE_UPLOADS: MOST,
  ARV_RATE_CONNECTS: MOST,
  ARV_RATE_SUBSCRIPTIONS: MOST,
  ARV_ACCESS_TOKEN_TTL_SECONDS: '86400',
}

export async function startIsolationPlatform(): Promise<IsolationPlatform> {
  const database = await createTestDatabase()
  const sql = postgres(database.ownerUrl, { max: 1, onnotice: () => {} })
  const dataDir = await mkdtemp(join(tmpdir(), 'arv-isolation-'))
  const log: string[] = []
  const [snapshot] = await sql<{ text: string }[]>`select pg_current_snapshot()::text as text`
  const keys = new Map<string, ReturnType<typeof makeApiKey>>(TENANTS.map((tenant) => [tenant, makeApiKey()]))
  const passwordHash = await hashPassword(PASSWORD)
  const planted = await plantCanaries(sql, {
    values: {
      'tenancy.users.password_hash': () => passwordHash,
      'tenancy.api_keys.secret_hash': ({ tenant, row }) =>
        (row === 0 ? keys.get(tenant)?.hash : undefined) ?? makeApiKey().hash,
    },
    // The log seals itself, and with it what is planted.
    without: ['log.audit_seals'],
  })
  await addPeopleWithoutCanaries(sql, planted, passwordHash)
  await keepJobsForLater(sql)

  const arv = await startArv(
    readSettings({
      ...LIMITS,
      HOST: '127.0.0.1',
      PORT: '0',
      ARV_DATA_DIR: dataDir,
      DATABASE_URL: database.ownerUrl,
      DATABASE_URL_TENANCY: database.urls.tenancy,
      DATABASE_URL_CONTENT: database.urls.content,
      DATABASE_URL_MEDIA: database.urls.media,
      DATABASE_URL_ANALYTICS: database.urls.analytics,
      DATABASE_URL_VIEWER: database.urls.viewer,
      ARV_ADMIN_EMAIL: ADMINISTRATOR.email,
      ARV_ADMIN_PASSWORD: ADMINISTRATOR.password,
    }),
    pino({ level: 'info' }, { write: (line) => log.push(line) }),
  )
  const senders: Sender[] = []
  const caller = (name: string, sees: readonly Tenant[], token?: string): Caller => {
    const sender = connectSender(arv.url, token)
    senders.push(sender)
    return { name, sees, sender }
  }
  const stranger = connectSender(arv.url, undefined)
  senders.push(stranger)
  const signIn = async (name: string, sees: readonly Tenant[], email: string) =>
    caller(name, sees, await signInAs(stranger, email))
  const emailOf = (tenant: Tenant, row: number) =>
    `${planted.canaries.text({ tenant, table: 'tenancy.users', column: 'email', row })}@example.com`
  const callers = [
    await signIn('alpha’s owner', ['alpha'], emailOf('alpha', 0)),
    await signIn('alpha’s editor', ['alpha'], emailOf('alpha', 1)),
    await signIn('alpha’s viewer', ['alpha'], emailOf('alpha', 2)),
    caller('alpha’s key', ['alpha'], keys.get('alpha')?.secret),
    await signIn('beta’s owner', ['beta'], emailOf('beta', 0)),
    await signIn('beta’s editor', ['beta'], emailOf('beta', 1)),
    await signIn('beta’s viewer', ['beta'], emailOf('beta', 2)),
    caller('beta’s key', ['beta'], keys.get('beta')?.secret),
    await signIn('an owner of both alpha and beta', ['alpha', 'beta'], 'both@example.com'),
    await signIn('a user of no company', [], 'alone@example.com'),
    caller('nobody', []),
  ]
  const administrator = await signIn('the administrator', TENANTS, ADMINISTRATOR.email)
  return {
    planted,
    rows: await rememberTenantRows(sql, planted),
    callers,
    administrator,
    start: snapshotCursor(snapshot?.text ?? ''),
    password: PASSWORD,
    log,
    sql,
    async close() {
      await Promise.all(senders.map((sender) => sender.close()))
      await arv.close()
      await sql.end()
      await database.drop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

async function addPeopleWithoutCanaries(sql: Sql, { id }: Planted, passwordHash: string): Promise<void> {
  const [both] = await sql<{ id: number }[]>`
    insert into tenancy.users (email, name, password_hash)
    values ('both@example.com', 'Both', ${passwordHash}), ('alone@example.com', 'Alone', ${passwordHash}) returning id`
  for (const tenant of ['alpha', 'beta'] as const) {
    await sql`insert into tenancy.memberships (company_id, user_id, role)
      values (${id(tenant, 'tenancy.companies')}, ${both?.id ?? 0}, 'OWNER')`
  }
}

/** What changes a tenant's rows shall be the operation that was just sent, and no job of an earlier one. */
async function keepJobsForLater(sql: Sql): Promise<void> {
  await sql.unsafe(`
    create function jobs.keep_for_later() returns trigger language plpgsql as $$
    begin
      new.start_after := now() + interval '1 year';
      return new;
    end $$;
    create trigger keep_for_later before insert on jobs.job for each row execute function jobs.keep_for_later();`)
}

async function signInAs(sender: Sender, email: string): Promise<string> {
  const { body } = await sender.send({
    kind: 'mutation',
    text: `mutation ($input: SignInInput!) { signIn(input: $input) { session { accessToken } userErrors { message } } }`,
    variables: { input: { email, password: PASSWORD } },
    roots: [],
  })
  const token = /"accessToken":"([^"]+)"/.exec(body)?.[1]
  if (token === undefined) throw new Error(`${email} could not sign in: ${body}`)
  return token
}

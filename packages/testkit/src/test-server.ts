import { randomBytes } from 'node:crypto'
import { type Login, LOGINS, migrateUp, setLoginPasswords } from '@arv/database'
import { startLocalPostgres } from '@arv/local-postgres'
import postgres from 'postgres'

/** What a test file needs to know of the run's database server. */
export interface TestServerAddress {
  /** The superuser's address of the database that is migrated, and cloned for each test file. */
  readonly templateUrl: string
  readonly passwords: Readonly<Record<Login, string>>
}

export interface TestServer {
  readonly address: TestServerAddress
  stop(): Promise<void>
}

const TEMPLATE = 'arv_template'

/** Speed in place of safety: nothing here has to survive a crash. */
const SETTINGS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: 300,
  wal_level: 'minimal',
  max_wal_senders: 0,
  autovacuum_naptime: '5min',
}

/** Starts a PostgreSQL of the run's own, with a migrated database to clone. */
export async function startTestServer(dataDir: string): Promise<TestServer> {
  const server = await startLocalPostgres({ dataDir, settings: SETTINGS })
  const stop = () => server.stop({ erase: true })
  try {
    const templateUrl = new URL(server.ownerUrl)
    templateUrl.pathname = `/${TEMPLATE}`
    const sql = postgres(server.ownerUrl, { max: 1 })
    await sql`create database ${sql(TEMPLATE)}`
    await sql.end()
    await migrateUp(templateUrl.href)
    const passwords = randomPasswords()
    await setLoginPasswords(templateUrl.href, passwords)
    return { address: { templateUrl: templateUrl.href, passwords }, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function randomPasswords(): Record<Login, string> {
  const passwords = LOGINS.map((login) => [login, randomBytes(12).toString('hex')])
  return Object.fromEntries(passwords) as Record<Login, string>
}

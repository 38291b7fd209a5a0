import { chmod, mkdir, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import postgres from 'postgres'
import { ownerUrl } from './find-local-postgres.ts'
import { freePort, isPortFree } from './free-port.ts'
import { initialiseCluster, OWNER } from './initialise-cluster.ts'
import { inFolder, LocalPostgresError } from './local-postgres-error.ts'
import { claimFolder } from './owner-lock.ts'
import { choosePlace, type Place } from './place.ts'
import { endLeftover, type Postmaster, startPostmaster } from './postmaster.ts'
import { readRecord, writeRecord } from './server-record.ts'

export interface LocalPostgresOptions {
  /** The server's folder; made when missing. One process at a time uses it. */
  readonly dataDir: string
  /** Refused when taken. Without one a free port is chosen, and kept for the next starts. */
  readonly port?: number
  /** More PostgreSQL settings, by name. With `fsync: 'off'` nothing survives a crash of the machine. */
  readonly settings?: Readonly<Record<string, string | number>>
  readonly logger?: { info(message: string): void }
}

export interface LocalPostgres {
  /** The address of database `arv`, as the superuser who owns it. Holds the password. */
  readonly ownerUrl: string
  readonly port: number
  readonly pid: number
  /** Where PostgreSQL's own files are: in the data folder, unless its user can't enter that. */
  readonly cluster: string
  /** Resolves when the server has ended, expected or not. */
  readonly ended: Promise<void>
  /** Rolls back what is open and ends the server; `erase` takes its files along. */
  stop(options?: { readonly erase?: boolean }): Promise<void>
}

/**
 * Runs a PostgreSQL of our own on the loopback interface, and ends it with this process, however that ends.
 *
 * @throws LocalPostgresError whose message is one sentence for the person who started it
 */
export async function startLocalPostgres(options: LocalPostgresOptions): Promise<LocalPostgres> {
  const dataDir = resolve(options.dataDir)
  const lock = await inFolder(dataDir, async () => {
    await makeEnterable(dataDir)
    return claimFolder(dataDir)
  })
  try {
    const { place, postmaster, url, port } = await inFolder(dataDir, () => start(dataDir, options))
    return {
      ownerUrl: url,
      port,
      pid: postmaster.pid,
      cluster: place.cluster,
      ended: postmaster.ended,
      stop: async ({ erase = false } = {}) => {
        await postmaster.stop()
        await lock.release()
        if (erase) await eraseFiles(dataDir, place)
      },
    }
  } catch (error) {
    await lock.release()
    throw error
  }
}

async function start(dataDir: string, options: LocalPostgresOptions) {
  const record = await readRecord(dataDir)
  const place = await choosePlace(dataDir, record.cluster)
  if (place.note) options.logger?.info(place.note)
  // Before a port is chosen: it holds the one that we keep.
  await endLeftover(place.cluster)
  const port = await choosePort(options.port, record.port)
  await writeRecord(dataDir, { password: record.password, port, cluster: place.cluster })
  await initialiseCluster(place, record.password, options.settings?.['fsync'] !== 'off')
  const postmaster = await startPostmaster(place, join(dataDir, 'postgres.log'), {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    ...options.settings,
    port,
  })
  const url = ownerUrl(record.password, port)
  await ensureDatabase(url, postmaster)
  return { place, postmaster, url, port }
}

/** PostgreSQL's user must get through to its files; what is secret in the folder has a mode of its own. */
async function makeEnterable(dataDir: string): Promise<void> {
  const made = await mkdir(dataDir, { recursive: true, mode: 0o755 })
  if (made !== undefined && process.getuid?.() === 0) await chmod(dataDir, 0o755)
}

async function choosePort(wanted: number | undefined, kept: number | undefined): Promise<number> {
  if (wanted !== undefined) {
    if (await isPortFree(wanted)) return wanted
    throw new LocalPostgresError('PORT_IN_USE', `PostgreSQL can't listen on port ${wanted}: it is in use.`)
  }
  return kept !== undefined && (await isPortFree(kept)) ? kept : freePort()
}

async function ensureDatabase(url: string, postmaster: Postmaster): Promise<void> {
  const maintenance = new URL(url)
  maintenance.pathname = '/postgres'
  const sql = postgres(maintenance.href, { max: 1, connect_timeout: 10, onnotice: () => {} })
  try {
    const [known] = await sql`select from pg_database where datname = ${OWNER}`
    if (!known) await sql`create database ${sql(OWNER)}`
  } catch (error) {
    await postmaster.stop()
    const reason = error instanceof Error ? error.message : String(error)
    throw new LocalPostgresError('START_FAILED', `PostgreSQL started but does not answer: ${reason}.`, error)
  } finally {
    await sql.end({ timeout: 5 })
  }
}

async function eraseFiles(dataDir: string, place: Place): Promise<void> {
  const outside = dirname(place.cluster)
  if (outside !== dataDir) await rm(outside, { recursive: true, force: true })
  await rm(dataDir, { recursive: true, force: true })
}

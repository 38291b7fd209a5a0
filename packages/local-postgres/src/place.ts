import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmod, chown, mkdir, realpath, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Binaries, canRun, copyBinaries, findBinaries } from './binaries.ts'
import { LocalPostgresError } from './local-postgres-error.ts'
import { ensureSystemUser, type SystemUser } from './system-user.ts'

const run = promisify(execFile)

/** What runs, as whom, and where its files are. */
export interface Place {
  readonly binaries: Binaries
  readonly cluster: string
  /** Undefined: as whoever started it. */
  readonly user: SystemUser | undefined
  /** What the person who started it would not expect; undefined when everything is in the data folder. */
  readonly note: string | undefined
}

/**
 * Root can't run PostgreSQL, and the user that can may not be let into root's folders (a clone in /root, or in
 * a folder of mode 0700): what that user can't reach then lives in a folder that it can.
 *
 * @param recorded where an earlier start put the cluster
 */
export async function choosePlace(dataDir: string, recorded: string | undefined): Promise<Place> {
  const binaries = await findBinaries()
  const inside = join(dataDir, 'cluster')
  if (process.getuid?.() !== 0) return { binaries, cluster: inside, user: undefined, note: undefined }

  const user = (await ownerOf(recorded ?? inside)) ?? (await ensureSystemUser())
  const runnable = (await canRun(binaries, user))
    ? binaries
    : await copyBinaries(binaries, await sharedFolder())
  const cluster = (await canEnter(dataDir, user)) ? inside : await outsideOf(dataDir)
  const notes = [
    ...(runnable === binaries ? [] : [`its programs were copied to ${runnable.postgres}`]),
    ...(cluster === inside ? [] : [`its data is in ${cluster}`]),
  ]
  const note = notes.length === 0 ? undefined : `PostgreSQL can't run as root: ${notes.join(' and ')}`
  return { binaries: runnable, cluster, user, note }
}

/** A folder for PostgreSQL's own files, which must be its user's alone. */
export async function makePrivateFolder(folder: string, user: SystemUser | undefined): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  if (user) await chown(folder, user.uid, user.gid)
}

/** A cluster keeps the user that it was made by, unless that is root. */
async function ownerOf(cluster: string): Promise<SystemUser | undefined> {
  const { uid, gid } = (await stat(cluster).catch(() => undefined)) ?? { uid: 0, gid: 0 }
  return uid === 0 ? undefined : { uid, gid }
}

async function canEnter(folder: string, user: SystemUser): Promise<boolean> {
  return run('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { ...user, cwd: '/' }).then(
    () => true,
    () => false,
  )
}

/** The same data folder always gets the same place. */
async function outsideOf(dataDir: string): Promise<string> {
  const name = createHash('sha256')
    .update(await realpath(dataDir))
    .digest('hex')
    .slice(0, 16)
  const folder = join(await sharedFolder(), name)
  await makeOpenFolder(folder)
  return join(folder, 'cluster')
}

/** A folder of root's that every user can enter and nobody else can write: what lies in it is run. */
async function sharedFolder(): Promise<string> {
  for (const folder of ['/var/lib/arv', join(tmpdir(), 'arv')]) {
    try {
      await makeOpenFolder(folder)
      const { uid, mode } = await stat(folder)
      if (uid === 0 && (mode & 0o022) === 0) return folder
    } catch {
      // A read-only system: the next one.
    }
  }
  throw new LocalPostgresError(
    'FOLDER_UNUSABLE',
    "There is no folder that PostgreSQL's user can enter: start as another user than root, or set ARV_DATA_DIR.",
  )
}

async function makeOpenFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  // Not by mkdir's mode, from which the umask takes away.
  await chmod(folder, 0o755)
}

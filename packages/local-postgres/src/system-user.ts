import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { LocalPostgresError } from './local-postgres-error.ts'

const run = promisify(execFile)

/** As whom the server's processes run. */
export interface SystemUser {
  readonly uid: number
  readonly gid: number
}

const NAME = 'postgres'

/**
 * PostgreSQL refuses to run as root, so root runs it as the system user `postgres`, made when missing.
 *
 * @throws LocalPostgresError SYSTEM_USER_MISSING when it can't be made
 */
export async function ensureSystemUser(): Promise<SystemUser> {
  const known = await findUser()
  if (known) return known
  await createUser()
  const made = await findUser()
  if (made) return made
  throw new LocalPostgresError(
    'SYSTEM_USER_MISSING',
    `PostgreSQL does not run as root, and the system user "${NAME}" could not be made: make it, or start as another user.`,
  )
}

async function findUser(): Promise<SystemUser | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', NAME]), run('id', ['-g', NAME])])
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) }
  } catch {
    return undefined
  }
}

async function createUser(): Promise<void> {
  const home = '/nonexistent'
  const makers: [string, string[]][] = [
    ['useradd', ['--system', '--user-group', '--no-create-home', '--home-dir', home, NAME]],
    // The group may be there without its user.
    ['useradd', ['--system', '--gid', NAME, '--no-create-home', '--home-dir', home, NAME]],
    // BusyBox.
    ['adduser', ['-S', '-D', '-H', '-h', home, NAME]],
  ]
  for (const [command, args] of makers) {
    const made = await run(command, args).then(
      () => true,
      () => false,
    )
    if (made) return
  }
}

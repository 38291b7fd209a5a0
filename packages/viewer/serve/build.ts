import { createHash, randomBytes } from 'node:crypto'
import { glob, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

const PACKAGE = fileURLToPath(new URL('../', import.meta.url))
const BUILDS = join(PACKAGE, 'dist')
const LOCKFILE = fileURLToPath(new URL('../../../pnpm-lock.yaml', import.meta.url))

/** What a build is made of. */
const SOURCES = ['src/**/*.{ts,css,html,svg}', 'vite.config.ts', 'package.json']
const TESTS = '.test.ts'
/** A folder's name: the hash of its sources. */
const FINISHED = /^[0-9a-f]{16}$/
/** Of a page that was opened before the newest build, some files may yet be asked for. */
const BUILDS_KEPT = 4
/** An unfinished one that is older was left by a crash. */
const UNFINISHED_MS = 10 * 60_000
const COMPRESSED = /\.(?:js|css|svg)$/

/**
 * Builds the pages unless a build of the same sources is there. Several processes may do so at once: each builds in a
 * folder of its own, and a folder appears under its final name when it is whole.
 *
 * @returns the folder of the build.
 */
export async function buildViewer(logger?: { info(message: string): void }): Promise<string> {
  const folder = join(BUILDS, await hashOfSources())
  if (await exists(folder)) return folder
  logger?.info('building the pages that phones open, once')
  const outDir = `${folder}.${randomBytes(4).toString('hex')}`
  try {
    // A bundler is not what a server that serves a finished build should load.
    const { build } = await import('vite')
    const configFile = join(PACKAGE, 'vite.config.ts')
    await build({ configFile, mode: 'production', logLevel: 'warn', build: { outDir, emptyOutDir: true } })
    await compressFiles(outDir)
    await rename(outDir, folder).catch(async (error: unknown) => {
      // Another process was faster.
      if (!(await exists(folder))) throw error
    })
  } finally {
    await rm(outDir, { recursive: true, force: true })
  }
  await removeOldBuilds(folder)
  return folder
}

function exists(folder: string): Promise<boolean> {
  return stat(folder).then(
    () => true,
    () => false,
  )
}

async function hashOfSources(): Promise<string> {
  const hash = createHash('sha256')
  const files = await filesOf(SOURCES, PACKAGE)
  for (const file of files.filter((name) => !name.endsWith(TESTS))) {
    hash.update(`${file}\0`).update(await readFile(join(PACKAGE, file)))
  }
  hash.update(await readFile(LOCKFILE))
  return hash.digest('hex').slice(0, 16)
}

/** Beside each file what browsers take in its place: made once, and not for each visitor. */
async function compressFiles(outDir: string): Promise<void> {
  const files = await filesOf(['assets/*'], outDir)
  for (const file of files.filter((name) => COMPRESSED.test(name))) {
    const path = join(outDir, file)
    const bytes = await readFile(path)
    await writeFile(`${path}.gz`, await promisify(gzip)(bytes, { level: 9 }))
    const params = { [constants.BROTLI_PARAM_QUALITY]: 9 }
    await writeFile(`${path}.br`, await promisify(brotliCompress)(bytes, { params }))
  }
}

async function filesOf(patterns: readonly string[], folder: string): Promise<string[]> {
  const files: string[] = []
  for await (const file of glob([...patterns], { cwd: folder })) files.push(file)
  return files.toSorted()
}

/** The folders of finished builds, the newest first. */
export async function finishedBuilds(): Promise<string[]> {
  return (await buildFolders()).filter(({ isFinished }) => isFinished).map(({ path }) => path)
}

async function removeOldBuilds(current: string): Promise<void> {
  const now = new Date()
  await utimes(current, now, now)
  const folders = await buildFolders()
  const old = [
    ...folders.filter(({ isFinished }) => isFinished).slice(BUILDS_KEPT),
    ...folders.filter(
      ({ isFinished, changedAt }) => !isFinished && changedAt < now.getTime() - UNFINISHED_MS,
    ),
  ]
  await Promise.all(old.map(({ path }) => rm(path, { recursive: true, force: true })))
}

async function buildFolders() {
  const folders = await Promise.all(
    (await readdir(BUILDS)).map(async (name) => {
      const path = join(BUILDS, name)
      const changedAt = await stat(path).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      )
      return { path, changedAt, isFinished: FINISHED.test(name) && changedAt > 0 }
    }),
  )
  return folders.toSorted((one, other) => other.changedAt - one.changedAt)
}

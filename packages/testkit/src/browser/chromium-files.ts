import { execFile } from 'node:child_process'
import { lstat, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export interface ChromiumFiles {
  readonly executablePath: string
  /** What it needs to find its libraries and fonts. */
  readonly variables: Readonly<Record<string, string>>
}

/** Unpacks into `TMPDIR`, and in this environment the libraries, too, which plain machines lack. */
const UNPACK = `await (await import('@sparticuz/chromium')).default.executablePath()`
const EXECUTION_ENVIRONMENT = 'AWS_Lambda_nodejs22.x'
const LISTED = 'unpacked.json'

/**
 * The files of the Chromium that the registry has, unpacked once per version and user. The package itself takes whatever
 * is at the place, also another version and the half of a file: so each unpacking has a folder of its own, which gets
 * its name when it is whole. Of two at a time, the later is dropped.
 *
 * @throws Error when the place belongs to somebody else
 */
export async function unpackChromium(): Promise<ChromiumFiles> {
  const version = await packageVersion()
  const folder = join(tmpdir(), `arv-chromium-${version}-${process.getuid?.() ?? 'user'}`)
  if (!(await isWhole(folder))) await unpackTo(folder)
  return {
    executablePath: join(folder, 'chromium'),
    variables: {
      LD_LIBRARY_PATH: join(folder, 'al2023/lib'),
      FONTCONFIG_FILE: join(folder, 'fonts.conf'),
      HOME: folder,
    },
  }
}

async function packageVersion(): Promise<string> {
  const main = fileURLToPath(import.meta.resolve('@sparticuz/chromium'))
  const manifest: { version?: unknown } = JSON.parse(
    await readFile(join(dirname(main), '../package.json'), 'utf8'),
  )
  return String(manifest.version)
}

async function unpackTo(folder: string): Promise<void> {
  const fresh = await mkdtemp(`${folder}-`)
  try {
    await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', UNPACK], {
      cwd: import.meta.dirname,
      env: {
        PATH: process.env['PATH'],
        HOME: fresh,
        TMPDIR: fresh,
        AWS_EXECUTION_ENV: EXECUTION_ENVIRONMENT,
      },
    })
    await writeFile(join(fresh, 'fonts.conf'), fontsOf(folder))
    await writeFile(join(fresh, LISTED), JSON.stringify(await sizesOf(fresh)))
    // Over one that is there nothing can be renamed: it is whole by now, or a cleaner of `/tmp` took parts of it.
    if (!(await isWhole(folder))) {
      await rm(folder, { recursive: true, force: true })
      await rename(fresh, folder).catch(async (error: unknown) => {
        if (!(await isWhole(folder))) throw error
      })
    }
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
}

/** The same fonts on every machine, so that screenshots look the same. */
function fontsOf(folder: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${folder}/fonts</dir><cachedir>${folder}/fonts-cache</cachedir></fontconfig>
`
}

async function sizesOf(folder: string): Promise<[path: string, size: number][]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
  return Promise.all(paths.map(async (path) => [relative(folder, path), (await stat(path)).size]))
}

async function isWhole(folder: string): Promise<boolean> {
  const found = await lstat(folder).catch(() => null)
  if (found === null) return false
  // Anybody may write into `/tmp`: what is run must be our own.
  if (!found.isDirectory() || found.uid !== process.getuid?.() || (found.mode & 0o077) !== 0) {
    throw new Error(`${folder} is not ours alone: remove it.`)
  }
  try {
    const listed: [string, number][] = JSON.parse(await readFile(join(folder, LISTED), 'utf8'))
    const sizes = await Promise.all(listed.map(async ([path]) => (await stat(join(folder, path))).size))
    return listed.every(([, size], index) => sizes[index] === size)
  } catch {
    return false
  }
}

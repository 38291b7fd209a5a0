import { rmSync } from 'node:fs'
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { type Film, makeFilm } from './camera-film.ts'
import { unpackChromium } from './chromium-files.ts'
import { INSECURE_HOST } from './insecure-host.ts'
import { openVisitor, type Visitor, type VisitorOptions } from './visitor.ts'

export interface BrowserOptions {
  /** Whether there is a camera, and whether the person lets pages use it. It `works` unless told otherwise. */
  readonly camera?: 'works' | 'refused' | 'missing'
  /** Unless it is `false`, in software. */
  readonly webgl?: boolean
}

/** A real Chromium whose camera shows films. It reaches nothing but this machine. */
export interface TestBrowser {
  /** What cameras show that are opened from now on; the wall until then. Of the same size as the film before. */
  insertFilm(film: Film): Promise<void>
  /** Somebody with a browser that knows nothing yet, and one page of it. */
  visit(options?: VisitorOptions): Promise<Visitor>
  close(): Promise<void>
}

const ARGUMENTS = [
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  // In a container it is small.
  '--disable-dev-shm-usage',
  // As Chrome is for people; for programs it lets everything play.
  '--autoplay-policy=document-user-activation-required',
  // Whatever the browser itself would ask the world, and pages by mistake.
  `--host-resolver-rules=MAP ${INSECURE_HOST} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1`,
]

const CAMERAS = {
  works: (film: string) => [...showing(film), '--use-fake-ui-for-media-stream'],
  refused: (film: string) => [...showing(film), '--use-fake-ui-for-media-stream=deny'],
  missing: () => ['--use-fake-device-for-media-stream=device-count=0', '--use-fake-ui-for-media-stream'],
} as const

function showing(film: string): string[] {
  return ['--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${film}`]
}

/** Chromium from the registry, with the security that people's browsers have. @example const browser = await launchBrowser() */
export async function launchBrowser(options: BrowserOptions = {}): Promise<TestBrowser> {
  const { camera = 'works', webgl = true } = options
  const folder = await mkdtemp(join(tmpdir(), 'arv-browser-'))
  const film = join(folder, 'camera.mjpeg')
  const insertFilm = async ({ mjpeg }: Film) => {
    // Who is reading the film before goes on doing so.
    await writeFile(`${film}.new`, mjpeg)
    await rename(`${film}.new`, film)
  }
  const removeAtExit = () => rmSync(folder, { recursive: true, force: true })
  process.once('exit', removeAtExit)
  const removeFolder = async () => {
    process.off('exit', removeAtExit)
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await insertFilm(await makeFilm([{ seconds: 1 }]))
    const browser = await launchChromium([
      ...ARGUMENTS,
      ...CAMERAS[camera](film),
      ...(webgl ? [] : ['--disable-3d-apis']),
    ])
    return {
      insertFilm,
      visit: (visitorOptions = {}) => openVisitor(browser, visitorOptions),
      close: async () => {
        await browser.close()
        await removeFolder()
      },
    }
  } catch (error) {
    await removeFolder()
    throw error
  }
}

/** It ends with this process, however that ends: it listens on a pipe from here. */
async function launchChromium(args: readonly string[]): Promise<Browser> {
  const { executablePath, variables } = await unpackChromium()
  const launch = (chromiumSandbox: boolean) =>
    chromium.launch({
      executablePath,
      args: [...args],
      chromiumSandbox,
      env: { ...process.env, ...variables },
    })
  // It refuses to be root in its sandbox, and some machines let nobody make one.
  if (process.getuid?.() === 0) return launch(false)
  return launch(true).catch((error: unknown) => {
    if (!(error instanceof Error && /sandbox/i.test(error.message))) throw error
    return launch(false)
  })
}

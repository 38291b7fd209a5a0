import { readFile } from 'node:fs/promises'
import type { IncomingHttpHeaders } from 'node:http'
import { join } from 'node:path'
import Negotiator from 'negotiator'
import { LANGUAGES, TEXTS } from '../src/texts.ts'
import type { Language } from '../src/texts.ts'
import { buildViewer, finishedBuilds } from './build.ts'
import { renderPage } from './render-page.ts'

/** `viewer` is what a QR code opens; `print` shows a print on a screen. */
export type PageName = 'viewer' | 'print'

export interface RenderedPage {
  readonly html: string
  /** A BCP 47 tag. */
  readonly language: string
}

export interface ViewerSite {
  /**
   * Where the files are that the pages load, as `/viewer/assets/*`: never changed under the same name. Beside those of
   * this build those of the ones before, for pages that were opened earlier.
   */
  readonly assetsFolders: readonly string[]
  /** The page in the language that its `Accept-Language` wants most. */
  page(name: PageName, headers: IncomingHttpHeaders): RenderedPage
}

/** Reads the pages as their sources are now, and builds them first if nobody has: an image comes with its build. */
export async function openViewerSite(logger: { info(message: string): void }): Promise<ViewerSite> {
  const folder = await buildViewer(logger)
  const pages = {
    viewer: await inEveryLanguage(join(folder, 'viewer.html')),
    print: await inEveryLanguage(join(folder, 'print.html')),
  }
  return {
    assetsFolders: (await finishedBuilds()).map((build) => join(build, 'assets')),
    page(name, headers) {
      const [wanted] = new Negotiator({ headers }).languages([...LANGUAGES])
      const language = LANGUAGES.find((each) => each === wanted) ?? 'en'
      return { html: pages[name][language], language }
    },
  }
}

async function inEveryLanguage(path: string): Promise<Record<Language, string>> {
  const html = await readFile(path, 'utf8')
  return { en: renderPage(html, 'en', TEXTS.en), ru: renderPage(html, 'ru', TEXTS.ru) }
}

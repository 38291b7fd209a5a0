import type { Browser, BrowserContext, Page } from 'playwright-core'
import { INSECURE_HOST } from './insecure-host.ts'

export interface VisitorOptions {
  /** As `Accept-Language` says. English unless told otherwise. */
  readonly locale?: string
  /** In the page's pixels: a small phone, held upright, unless told otherwise. */
  readonly viewport?: { readonly width: number; readonly height: number }
  readonly prefersReducedMotion?: boolean
  /** Whether pages may use the camera without asking, because the person said so before. */
  readonly allowedCamera?: boolean
  /** Nothing plays before a tap, muted or not: as an iPhone does that saves power, which Chromium can't be told. */
  readonly refusesAutoplay?: boolean
}

/** Somebody at a page, and what went on there. */
export interface Visitor {
  readonly page: Page
  readonly context: BrowserContext
  readonly noticed: Noticed
  close(): Promise<void>
}

/** Everything here is a fault, unless a test means it. */
export interface Noticed {
  /** Addresses that a page asked for which are not on this machine. */
  readonly foreignRequests: readonly string[]
  /** What the page's policy refused: the directive, and of which address. */
  readonly policyViolations: readonly string[]
  /** What was written as an error, or was not caught. */
  readonly errors: readonly string[]
}

const PHONE = { width: 390, height: 844 }
const OWN_HOSTS: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', INSECURE_HOST])
const OWN_SCHEMES: ReadonlySet<string> = new Set(['blob:', 'data:', 'about:'])
const TAKES_MS = 15_000

export async function openVisitor(browser: Browser, options: VisitorOptions): Promise<Visitor> {
  const context = await browser.newContext({
    viewport: options.viewport ?? PHONE,
    hasTouch: true,
    isMobile: true,
    locale: options.locale ?? 'en-GB',
    reducedMotion: options.prefersReducedMotion ? 'reduce' : 'no-preference',
    permissions: options.allowedCamera ? ['camera'] : [],
  })
  context.setDefaultTimeout(TAKES_MS)
  const noticed = await watch(context)
  if (options.refusesAutoplay) await context.addInitScript(REFUSE_AUTOPLAY)
  const page = await context.newPage()
  return { page, context, noticed, close: () => context.close() }
}

async function watch(context: BrowserContext): Promise<Noticed> {
  const foreignRequests: string[] = []
  const policyViolations: string[] = []
  const errors: string[] = []
  const check = (address: string) => {
    const { hostname, protocol } = new URL(address)
    if (!OWN_SCHEMES.has(protocol) && !OWN_HOSTS.has(hostname)) foreignRequests.push(address)
  }
  context.on('request', (request) => check(request.url()))
  context.on('page', (page) => page.on('websocket', (socket) => check(socket.url())))
  context.on('console', (message) => {
    if (message.type() === 'error') errors.push(`${message.text()} (${message.location().url})`)
  })
  context.on('weberror', (error) => errors.push(String(error.error().stack)))
  await context.exposeBinding('arvNoticeViolation', (_source, violation: string) => {
    policyViolations.push(violation)
  })
  await context.addInitScript(NOTICE_VIOLATIONS)
  return { foreignRequests, policyViolations, errors }
}

// What runs in the page is text: it is not of this program's types.
const NOTICE_VIOLATIONS = `addEventListener('securitypolicyviolation', (event) =>
  arvNoticeViolation(event.effectiveDirective + ' ' + event.blockedURI))`

// It listens for taps itself: to Chromium, whatever a test evaluates in a page is as good as a tap.
const REFUSE_AUTOPLAY = `{
  let isTapped = false
  for (const type of ['pointerup', 'keydown']) {
    addEventListener(type, ({ isTrusted }) => (isTapped ||= isTrusted), { capture: true })
  }
  const play = HTMLMediaElement.prototype.play
  HTMLMediaElement.prototype.play = function () {
    // A camera's picture is no film that somebody might not want.
    if (this.srcObject !== null || isTapped) return play.call(this)
    return Promise.reject(new DOMException('A tap is needed.', 'NotAllowedError'))
  }
}`

import { readFile } from 'node:fs/promises'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { z } from 'zod'
import { DemoError } from './demo-error.ts'

export interface Credentials {
  readonly email: string
  readonly password: string
  /** Where the password is from, in words. */
  readonly source: string
  /** What else to try when it is refused, as a sentence; none unless there is something. */
  readonly hint?: string
}

export interface CredentialSources {
  readonly url: string
  readonly dataDir: string
  /** As the person said; undefined when they said nothing. */
  readonly email: string | undefined
  readonly password: string | undefined
}

const DEFAULT_EMAIL = 'admin@example.com'
const CHANGED_SINCE =
  'ARV made that one up when it first started. If it was changed since, set ARV_ADMIN_PASSWORD to the one that counts now.'
const kept = z.object({ email: z.string(), password: z.string() })

/**
 * The administrator's e-mail address and password: the given ones, else those that `start` keeps in the data folder, else
 * those that somebody types. What the data folder keeps is sent to this machine only.
 *
 * @throws DemoError when there is nobody to ask
 */
export async function findCredentials(sources: CredentialSources): Promise<Credentials> {
  const { url, dataDir, email, password } = sources
  if (password !== undefined) return { email: email ?? DEFAULT_EMAIL, password, source: 'ARV_ADMIN_PASSWORD' }
  const found = isThisMachine(url) ? await readKept(dataDir) : undefined
  if (found && (email === undefined || email === found.email)) {
    return { ...found, source: join(dataDir, 'administrator.json'), hint: CHANGED_SINCE }
  }
  const person = email ?? DEFAULT_EMAIL
  return { email: person, password: await ask(`Password of ${person}: `), source: 'what you typed' }
}

async function readKept(dataDir: string) {
  try {
    return kept.parse(JSON.parse(await readFile(join(dataDir, 'administrator.json'), 'utf8')))
  } catch {
    return undefined
  }
}

function isThisMachine(url: string): boolean {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '')
  const own = Object.values(networkInterfaces()).flatMap((addresses = []) =>
    addresses.map(({ address }) => address),
  )
  return host === 'localhost' || own.includes(host)
}

async function ask(question: string): Promise<string> {
  if (!process.stdin.isTTY) {
    throw new DemoError("The demo needs the administrator's password: set ARV_ADMIN_PASSWORD.")
  }
  process.stdout.write(question)
  // What is typed is not shown.
  const output = new Writable({ write: (_chunk, _encoding, done) => done() })
  const terminal = createInterface({ input: process.stdin, output, terminal: true })
  const given = new AbortController()
  terminal.once('SIGINT', () => given.abort())
  try {
    return await terminal.question('', { signal: given.signal })
  } catch (error) {
    throw new DemoError('Without a password the demo ends here.', error)
  } finally {
    terminal.close()
    process.stdout.write('\n')
  }
}

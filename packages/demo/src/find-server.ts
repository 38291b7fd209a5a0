import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { codeOf, DemoError } from './demo-error.ts'

const ANSWER_MS = 5_000

/** Has this process trust the certificate that `start --lan` made on this machine, beside those that it trusts anyway. */
export async function trustLanCertificate(dataDir: string): Promise<void> {
  const certificate = await readFile(join(dataDir, 'lan/certificate.pem'), 'utf8').catch(() => undefined)
  if (certificate !== undefined) setDefaultCACertificates([...getCACertificates('default'), certificate])
}

/**
 * The address under which the server answers: the given one, or the same by HTTPS where it sends us there.
 *
 * @throws DemoError when nobody answers, or somebody whom this machine doesn't trust
 */
export async function findServer(url: string): Promise<string> {
  const answer = await lookAt(url)
  const secure = secureAddress(url, answer.headers.get('location'))
  if (secure !== null) return findServer(secure)
  if (answer.ok) return url
  throw new DemoError(`What answers at ${url} is not ARV, or not well: /healthz said ${answer.status}.`)
}

async function lookAt(url: string): Promise<Response> {
  try {
    const signal = AbortSignal.timeout(ANSWER_MS)
    const answer = await fetch(`${url}/healthz`, { redirect: 'manual', signal })
    await answer.body?.cancel()
    return answer
  } catch (error) {
    throw new DemoError(sentence(url, error), error)
  }
}

/** Only to the same place: the password goes where the person said, and nowhere else. */
function secureAddress(url: string, location: string | null): string | null {
  if (location === null || !URL.canParse(location)) return null
  const [from, to] = [new URL(url), new URL(location)]
  const isSame = from.protocol === 'http:' && to.protocol === 'https:' && from.host === to.host
  return isSame ? to.origin : null
}

const UNTRUSTED = /CERT|SELF_SIGNED|UNABLE_TO_/

function sentence(url: string, error: unknown): string {
  const code = codeOf(error) ?? ''
  if (UNTRUSTED.test(code)) {
    return `The certificate of ${url} is not one that this machine trusts: name its file in NODE_EXTRA_CA_CERTS, or run the demo where the server runs.`
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `There is no machine of the name in ${url}.`
  return `No server answers at ${url}. Start one first, in another terminal: npx -y pnpm@12 start`
}

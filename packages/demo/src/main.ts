import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { closingWords } from './closing-words.ts'
import { findCredentials } from './credentials.ts'
import { DEMO_HELP, readDemoArguments, UsageError } from './demo-arguments.ts'
import { DemoError } from './demo-error.ts'
import { findServer, trustLanCertificate } from './find-server.ts'
import { createProgress } from './progress.ts'

const DEFAULT_PORT = '4000'

try {
  await demo(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`${explain(error)}\n`)
  process.exitCode = error instanceof UsageError ? 2 : 1
}

async function demo(given: readonly string[]): Promise<void> {
  const wanted = readDemoArguments(given)
  if (wanted.help) {
    process.stdout.write(`${DEMO_HELP}\n`)
    return
  }
  if (existsSync('.env')) process.loadEnvFile('.env')
  // An empty variable counts as a missing one, as everywhere in ARV.
  const variable = (name: string) => process.env[name] || undefined
  const dataDir = variable('ARV_DATA_DIR') ?? '.arv'
  await trustLanCertificate(dataDir)
  const url = await findServer(wanted.url ?? `http://localhost:${variable('PORT') ?? DEFAULT_PORT}`)
  process.stdout.write(`ARV's demo, on ${url}\n\n`)
  const credentials = await findCredentials({
    url,
    dataDir,
    email: wanted.email ?? variable('ARV_ADMIN_EMAIL'),
    password: variable('ARV_ADMIN_PASSWORD'),
  })
  // Only now: what makes pictures and clips takes longer to load than it takes to say that no server runs.
  const { runDemo } = await import('./run-demo.ts')
  const result = await runDemo(url, credentials, createProgress(process.stdout))
  const file = join(dataDir, 'lan/certificate.pem')
  const certificate = url.startsWith('https:') && existsSync(file) ? file : undefined
  process.stdout.write(await closingWords({ ...result, certificate }, process.stdout.isTTY))
}

function explain(error: unknown): string {
  if (error instanceof DemoError || error instanceof UsageError) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

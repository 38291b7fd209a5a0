import { createDatabase, loginUrls } from '@arv/database'
import { verifyAuditLog } from '@arv/events'
import { fromGlobalId, toGlobalId } from '@arv/relay'
import { AUDIT_HELP, auditReport } from './audit-report.ts'
import { findServer } from './find-server.ts'
import { explainingAddress } from './open-database.ts'
import { runProgram } from './run-program.ts'
import { openSecrets } from './secret-store.ts'
import { readSettings } from './settings.ts'
import { StartUpError } from './start-up-error.ts'

/** `audit:verify` says whether the audit log is what it was when it was sealed; ends with 1 when it is not. */
await runProgram(async () => {
  const words = process.argv.slice(2)
  if (words.includes('--help') || words.includes('-h')) {
    process.stdout.write(`${AUDIT_HELP}\n`)
    return undefined
  }
  const companyId = readCompany(words)
  const settings = readSettings(process.env)
  const secrets = await openSecrets(settings.dataDir, settings.secrets)
  const server = await findServer(settings)
  const url = (settings.loginUrls ?? loginUrls(server.ownerUrl, secrets.loginPasswords)).tenancy
  const database = createDatabase({ subgraph: 'tenancy', url, pool: settings.pool })
  try {
    const verdicts = await explainingAddress(server, () => verifyAuditLog(database, companyId))
    process.stdout.write(`${auditReport(verdicts, (id) => `Company ${toGlobalId('Company', id)}`)}\n`)
    if (verdicts.some(({ firstBreak }) => firstBreak !== null)) process.exitCode = 1
  } finally {
    await database.close()
    await server.stop()
  }
  return undefined
})

function readCompany([option, value, ...rest]: readonly string[]): number | undefined {
  if (option === undefined) return undefined
  const id = value === undefined ? null : fromGlobalId('Company', value)
  if (option === '--company' && id !== null && rest.length === 0) return id
  throw new StartUpError(
    'Say "audit:verify" or "audit:verify --company <id>", with the id that the API shows.',
  )
}

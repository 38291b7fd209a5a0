import { migrateDown, migrateUp, setLoginPasswords } from '@arv/database'
import { createLogger } from '@arv/subgraph/logger'
import { explainingAddress, openServer } from './open-database.ts'
import { runProgram } from './run-program.ts'
import { readSettings } from './settings.ts'
import { StartUpError } from './start-up-error.ts'

/**
 * `migrate` brings the schema up to date, and gives the logins the passwords that DATABASE_URL_TENANCY and the others
 * hold, when they are set; `migrate down` takes the newest migration back, `migrate down all` takes all.
 */
await runProgram(async () => {
  const wanted = process.argv.slice(2).join(' ')
  const settings = readSettings(process.env, 'migrate')
  const opened = await openServer(settings, createLogger({ level: settings.logLevel }))
  try {
    const names = await explainingAddress(opened, () => migrate(wanted, opened.ownerUrl))
    const { loginPasswords } = settings.secrets
    if (loginPasswords && wanted === '') {
      await explainingAddress(opened, () => setLoginPasswords(opened.ownerUrl, loginPasswords))
    }
    const done = wanted === '' ? 'Applied' : 'Taken back'
    process.stdout.write(names.length === 0 ? 'There is nothing to do.\n' : `${done}: ${names.join(', ')}.\n`)
  } finally {
    await opened.stop()
  }
  return undefined
})

function migrate(wanted: string, url: string): Promise<string[]> {
  switch (wanted) {
    case '':
      return migrateUp(url)
    case 'down':
      return migrateDown(url, 'one')
    case 'down all':
      return migrateDown(url, 'all')
    default:
      throw new StartUpError('Say "migrate", "migrate down" or "migrate down all".')
  }
}

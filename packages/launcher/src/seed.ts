import { createLogger } from '@arv/subgraph/logger'
import { resetPassword } from './administrator.ts'
import { forgetPassword, keepPassword } from './administrator-file.ts'
import { assembleSubgraphs } from './assemble-subgraphs.ts'
import { createClosing } from './closing.ts'
import { openDatabase } from './open-database.ts'
import { runProgram } from './run-program.ts'
import { openSecrets } from './secret-store.ts'
import { setUpPlatform } from './set-up-platform.ts'
import { readSettings } from './settings.ts'
import { StartUpError } from './start-up-error.ts'

const RESET = '--reset-password'

/**
 * Makes the administrator and the default company's folders, where they are missing. With `--reset-password` an
 * administrator who was there gets another password: ARV_ADMIN_PASSWORD, or one that is made up and printed.
 */
await runProgram(async () => {
  const wanted = process.argv.slice(2)
  if (wanted.some((argument) => argument !== RESET)) {
    throw new StartUpError(`Say "seed" or "seed ${RESET}".`)
  }
  const settings = readSettings(process.env)
  const logger = createLogger({ level: settings.logLevel })
  const closing = createClosing(logger)
  try {
    const secrets = await openSecrets(settings.dataDir, settings.secrets)
    const database = await openDatabase(settings, secrets, logger)
    closing.add(() => database.stop())
    const publicUrl = settings.publicUrl ?? 'http://localhost:4000'
    const assembly = await assembleSubgraphs({
      settings,
      secrets,
      urls: database.urls,
      publicUrl,
      logger,
      closing,
      works: false,
    })
    const administrator = await setUpPlatform(assembly, settings)
    const resets = wanted.length > 0 && administrator.newPassword === undefined
    const now = resets
      ? await resetPassword(assembly.tenancyDatabase, administrator, settings)
      : administrator
    if (resets) {
      await forgetPassword(settings.dataDir)
      await keepPassword(settings.dataDir, now)
    }
    const { email, newPassword } = now
    process.stdout.write(`Administrator: ${email}\n`)
    if (newPassword !== undefined) process.stdout.write(`Password, shown only now: ${newPassword}\n`)
    else if (resets) process.stdout.write('Password: now that of ARV_ADMIN_PASSWORD\n')
  } finally {
    await closing.closeAll()
  }
  return undefined
})

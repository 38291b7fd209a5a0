import { pino } from 'pino'
import { assembleSubgraphs } from './assemble-subgraphs.ts'
import { createClosing } from './closing.ts'
import { openDatabase } from './open-database.ts'
import { runProgram } from './run-program.ts'
import { openSecrets } from './secret-store.ts'
import { setUpPlatform } from './set-up-platform.ts'
import { readSettings } from './settings.ts'

/** Makes the administrator and the default company's folders, where they are missing. */
await runProgram(async () => {
  const settings = readSettings(process.env)
  const logger = pino({ level: settings.logLevel })
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
    const { email, newPassword } = await setUpPlatform(assembly, settings)
    process.stdout.write(`Administrator: ${email}\n`)
    if (newPassword !== undefined) process.stdout.write(`Password, shown only now: ${newPassword}\n`)
  } finally {
    await closing.closeAll()
  }
  return undefined
})

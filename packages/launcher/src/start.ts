import { pino } from 'pino'
import { banner } from './banner.ts'
import { runProgram } from './run-program.ts'
import { readSettings } from './settings.ts'
import { startArv } from './start-arv.ts'

await runProgram(async () => {
  const settings = readSettings(process.env)
  const arv = await startArv(settings, pino({ level: settings.logLevel }))
  process.stdout.write(`${banner(arv, settings)}\n`)
  return arv
})

import { createLogger } from '@arv/subgraph/logger'
import { banner } from './banner.ts'
import { runProgram } from './run-program.ts'
import { readSettings } from './settings.ts'
import { readStartArguments, START_HELP } from './start-arguments.ts'
import { startArv } from './start-arv.ts'

await runProgram(async () => {
  const { lan, help } = readStartArguments(process.argv.slice(2))
  if (help) {
    process.stdout.write(`${START_HELP}\n`)
    return undefined
  }
  const settings = readSettings(process.env, lan ? 'lan' : 'run')
  const arv = await startArv(settings, createLogger({ level: settings.logLevel }))
  process.stdout.write(`${banner(arv, settings)}\n`)
  return arv
})

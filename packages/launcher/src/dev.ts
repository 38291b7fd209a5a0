import { createLogger } from '@arv/subgraph/logger'
import { banner } from './banner.ts'
import { runProgram } from './run-program.ts'
import { readSettings } from './settings.ts'
import { startProcesses } from './start-processes.ts'

await runProgram(async () => {
  const settings = readSettings(process.env)
  const arv = await startProcesses(settings, createLogger({ level: settings.logLevel }), {
    watch: (line) => process.stdout.write(`${line}\n`),
  })
  process.stdout.write(`${banner(arv, settings)}\n`)
  return arv
})

import { existsSync } from 'node:fs'
import { explain } from './start-up-error.ts'
import { watchRunner } from './watch-runner.ts'

/** What a program started and goes on with until it is told to end. */
export interface Running {
  readonly failed?: Promise<string>
  close(): Promise<void>
}

const DRAIN_MS = 10_000
/** A terminal's Ctrl-C reaches us directly, and again through each package runner that we were started by. */
const SAME_SIGNAL_MS = 1_000

/**
 * Runs one of the programs of this folder, with the variables of `.env` where the environment has none: prints why
 * it can't start and exits with 1, or goes on until SIGINT or SIGTERM, or until npm or whatever else ran it ends, and then
 * drains. A second signal ends it at once.
 */
export async function runProgram(start: () => Promise<Running | undefined>): Promise<void> {
  const program: { running?: Running } = {}
  endOnSignal(program)
  try {
    if (existsSync('.env')) process.loadEnvFile('.env')
    const running = await start()
    if (running === undefined) return
    program.running = running
    void running.failed?.then(async (reason) => {
      process.stderr.write(`${reason}\n`)
      setTimeout(() => process.exit(1), DRAIN_MS).unref()
      await running.close()
      process.exit(1)
    })
  } catch (error) {
    process.stderr.write(`${explain(error)}\n`)
    process.exitCode = 1
    // Whatever of a failed start still holds on to something must not keep the process.
    setTimeout(() => process.exit(1), 1_000).unref()
  }
}

function endOnSignal(program: { readonly running?: Running }): void {
  let endingSince: number | undefined
  const end = async () => {
    if (endingSince !== undefined) return
    endingSince = Date.now()
    setTimeout(() => process.exit(1), DRAIN_MS).unref()
    await program.running?.close()
    process.exit(0)
  }
  const onSignal = () => {
    if (endingSince !== undefined && Date.now() - endingSince > SAME_SIGNAL_MS) process.exit(1)
    void end()
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onSignal)
  watchRunner(() => void end())
}

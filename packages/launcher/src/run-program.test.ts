import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

const RUN_PROGRAM = join(import.meta.dirname, 'run-program.ts')
let folder: string
let log: string
const spawned: ChildProcess[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'arv-run-'))
  log = join(folder, 'log')
  writeFileSync(log, '')
})
afterEach(() => {
  for (const child of spawned.splice(0)) child.kill('SIGKILL')
  rmSync(folder, { recursive: true })
})

const said = () => readFileSync(log, 'utf8').trim().split('\n')

/** A program that takes `drainMs` to end; it says in the log when it runs, when it is told to end, and that it did. */
function writeProgram(drainMs: number): string {
  const path = join(folder, 'program.ts')
  writeFileSync(
    path,
    `import { appendFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { runProgram } from ${JSON.stringify(RUN_PROGRAM)}
const say = (word: string) => appendFileSync(${JSON.stringify(log)}, word + '\\n')
const alive = setInterval(() => undefined, 1000)
await runProgram(async () => {
  say('running ' + process.pid)
  return {
    async close() {
      say('ending')
      await delay(${drainMs})
      clearInterval(alive)
      say('ended')
    },
  }
})
`,
  )
  return path
}

/** Starts what keeps the program: npm, and the shell of npm's that passes no signal on. */
async function startThroughNpm(program: string) {
  const npm = join(folder, 'npm')
  writeFileSync(
    npm,
    `const { spawn } = require('node:child_process')
const shell = spawn('sh', ['-c', '"$0" "$1"; true', process.execPath, ${JSON.stringify(program)}])
process.on('SIGTERM', () => shell.kill('SIGTERM'))
shell.on('exit', () => process.exit(143))
`,
  )
  const child = spawn(process.execPath, [npm], { cwd: folder, stdio: 'ignore' })
  spawned.push(child)
  await running()
  return child
}

async function start(program: string) {
  const child = spawn(process.execPath, [program], { cwd: folder, stdio: 'ignore' })
  spawned.push(child)
  await running()
  return child
}

const until = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 50 })
const running = () => until(() => expect(said()[0]).toMatch(/^running \d+$/))

test('SIGTERM to npm, whose shell keeps it to itself, ends the program in order', async () => {
  const npm = await startThroughNpm(writeProgram(50))
  npm.kill('SIGTERM')
  await until(() => expect(said().slice(1)).toEqual(['ending', 'ended']))
})

test('so does kill -9, and the program takes the time that it needs', async () => {
  const npm = await startThroughNpm(writeProgram(2000))
  npm.kill('SIGKILL')
  await until(() => expect(said().slice(1)).toEqual(['ending', 'ended']))
})

test('a second Ctrl-C ends it at once', async () => {
  const program = await start(writeProgram(60_000))
  program.kill('SIGINT')
  await until(() => expect(said()[1]).toBe('ending'))
  await delay(1100)
  program.kill('SIGINT')
  await until(() => expect(program.exitCode).toBe(1))
  expect(said()).toHaveLength(2)
})

test('the same Ctrl-C, once from the terminal and once from npm, lets it end in order', async () => {
  const program = await start(writeProgram(300))
  program.kill('SIGINT')
  program.kill('SIGINT')
  program.kill('SIGTERM')
  await until(() => expect(program.exitCode).toBe(0))
  expect(said().slice(1)).toEqual(['ending', 'ended'])
})

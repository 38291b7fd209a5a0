import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type KeptProgram, keepProgram } from './keep-program.ts'
import { freePorts } from './ports.ts'
import { watchSources } from './watch-sources.ts'

let folder: string
let port: number
let main: string
let said: string[]
let kept: KeptProgram

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'arv-keep-'))
  main = join(folder, 'main.ts')
  const [free = 0] = await freePorts(1)
  port = free
  said = []
})
afterEach(async () => {
  await kept.stop(2_000)
  rmSync(folder, { recursive: true })
})

/** A server that answers with `word`. */
function write(word: string) {
  const answer = `(_request, response) => response.end('${word}')`
  writeFileSync(
    main,
    `import { createServer } from 'node:http'\ncreateServer(${answer}).listen(${port}, '127.0.0.1')\n`,
  )
}

function keep() {
  kept = keepProgram({ name: 'content', main, port, variables: {} }, (line) => said.push(line))
  return kept
}

const answer = async () => (await fetch(`http://127.0.0.1:${port}/`)).text()
const until = (check: () => void) => vi.waitFor(check, 10_000)

test('a process that is killed is started again, and says so', async () => {
  write('hello')
  await keep().ready()
  const { pid } = kept
  process.kill(pid, 'SIGKILL')
  await until(() =>
    expect(said).toEqual([
      'content ended (SIGKILL): it is started again when a file changes, or in 0.5 s.',
      'content is back.',
    ]),
  )
  expect(kept.pid).not.toBe(pid)
  expect(await answer()).toBe('hello')
})

test('a file that breaks it and is repaired restarts it', async () => {
  write('one')
  await keep().ready()
  const end = watchSources(folder, ['.'], async () => kept.restart())
  try {
    writeFileSync(main, 'import nothing from "./nowhere.ts"')
    await until(() => expect(said[0]).toContain('content ended (exit code 1)'))
    writeFileSync(main, 'const = 1')
    await delay(1_000)
    expect(said).not.toContain('content is back.')
    write('two')
    await until(() => expect(said.at(-1)).toBe('content is back.'))
    expect(await answer()).toBe('two')
  } finally {
    end()
  }
})

test('one that can never start is tried again after longer and longer', async () => {
  writeFileSync(main, 'process.exit(3)')
  keep()
  await until(() =>
    expect(said).toEqual([
      'content ended (exit code 3): it is started again when a file changes, or in 0.5 s.',
      'content ended (exit code 3): it is started again when a file changes, or in 1 s.',
      'content ended (exit code 3): it is started again when a file changes, or in 2 s.',
    ]),
  )
  write('at last')
  kept.restart()
  await kept.ready()
  expect(said.slice(3)).toEqual(['content is back.'])
})

test('a restart says nothing of an end that was asked for', async () => {
  write('one')
  await keep().ready()
  write('two')
  kept.restart()
  await until(() => expect(said).toEqual(['content is back.']))
  expect(await answer()).toBe('two')
})

test('one that was stopped stays ended, a restart or not', async () => {
  write('hello')
  await keep().ready()
  await kept.stop(2_000)
  kept.restart()
  await delay(700)
  await expect(answer()).rejects.toThrow('fetch failed')
  expect(said).toEqual([])
})

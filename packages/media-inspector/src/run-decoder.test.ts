import { execFileSync, fork } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, open, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { photoLike } from '@arv/testkit/photos'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ImageJob } from './decoder-protocol.ts'
import { runDecoder } from './run-decoder.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'arv-decoder-'))
})
afterEach(() => rm(folder, { recursive: true }))

const jobFor = (path: string): ImageJob => ({
  kind: 'image',
  path,
  format: 'jpeg',
  imagePath: join(folder, 'image'),
  thumbnailPath: join(folder, 'thumbnail'),
  maxPixels: 1e8,
  minSide: 64,
  thumbnailSize: 400,
})

/** A picture whose bytes never come: the decoder waits for them in native code. */
function endlessPicture(): string {
  const path = join(folder, 'pipe')
  execFileSync('mkfifo', [path])
  return path
}

/** Resolves once a decoder has opened the pipe; `gone` then resolves once it no longer exists. */
async function reader(pipe: string): Promise<{ gone: () => Promise<true> }> {
  const handle = await open(pipe, 'w')
  const gone = async (): Promise<true> => {
    try {
      for (;;) {
        // What is written here is read by nobody, so it fails as soon as the last reader is gone.
        await handle.write('\xff')
        await sleep(20)
      }
    } catch (error) {
      expect(error).toMatchObject({ code: 'EPIPE' })
      return true
    } finally {
      await handle.close()
    }
  }
  return { gone }
}

describe('a decoder', () => {
  test('that takes too long is killed', async () => {
    const pipe = endlessPicture()
    const answer = runDecoder(jobFor(pipe), { deadlineMs: 3000 })
    const { gone } = await reader(pipe)
    expect(await answer).toEqual({
      kind: 'rejected',
      reason: 'TIMED_OUT',
      message: 'The file takes too long to read. A smaller one will work.',
    })
    expect(await gone()).toBe(true)
  })

  test('is killed when nobody wants its answer any more', async () => {
    const pipe = endlessPicture()
    const abort = new AbortController()
    const answer = runDecoder(jobFor(pipe), { signal: abort.signal })
    const { gone } = await reader(pipe)
    abort.abort()
    await expect(answer).rejects.toMatchObject({ name: 'AbortError' })
    expect(await gone()).toBe(true)
  })

  test('is not even started for an answer that nobody wants', async () => {
    const answer = runDecoder(jobFor('nothing'), { signal: AbortSignal.abort() })
    await expect(answer).rejects.toMatchObject({ name: 'AbortError' })
  })

  test('dies with the process that started it', async () => {
    const pipe = endlessPicture()
    const parent = fork(join(import.meta.dirname, '../test/stuck-parent.ts'), [pipe], { execArgv: [] })
    const { gone } = await reader(pipe)
    parent.kill('SIGKILL')
    expect(await gone()).toBe(true)
  })

  test('that takes too much memory is ended', async () => {
    const path = join(folder, 'large.jpg')
    await writeFile(path, await photoLike(1, { width: 4000, height: 3000 }))
    expect(await runDecoder(jobFor(path), { memoryLimitBytes: 50_000_000 })).toEqual({
      kind: 'rejected',
      reason: 'TOO_DEMANDING',
      message: 'The file needs too much memory to be decoded. A smaller one will work.',
    })
  })

  test('that does not understand its job does not blame the file', async () => {
    const answer = runDecoder(jobFor(join(folder, 'any')), { memoryLimitBytes: Number.NaN })
    await expect(answer).rejects.toThrow(/^Decoding failed/)
  })

  test('leaves the event loop of its parent free', async () => {
    const path = join(folder, 'large.jpg')
    await writeFile(path, await photoLike(1, { width: 4000, height: 3000 }))
    let longest = 0
    let last = performance.now()
    const watch = setInterval(() => {
      longest = Math.max(longest, performance.now() - last)
      last = performance.now()
    }, 5)
    const started = performance.now()
    expect(await runDecoder(jobFor(path))).toMatchObject({ kind: 'image' })
    clearInterval(watch)
    expect(longest).toBeLessThan((performance.now() - started) / 2)
  })
})

// Only Linux shows the environment of another process.
test.runIf(existsSync('/proc/self/environ'))('a decoder knows no secret', async () => {
  const pipe = endlessPicture()
  process.env['ARV_TEST_SECRET'] = 'sesame'
  const abort = new AbortController()
  const answer = runDecoder(jobFor(pipe), { signal: abort.signal })
  const { gone } = await reader(pipe)
  const environment = await readFile(`/proc/${await readerOf(pipe)}/environ`, 'utf8')
  abort.abort()
  await expect(answer).rejects.toMatchObject({ name: 'AbortError' })
  await gone()
  delete process.env['ARV_TEST_SECRET']
  expect(environment).not.toContain('sesame')
  expect(environment.split('\0').filter((line) => line !== '' && !line.startsWith('NODE_CHANNEL_'))).toEqual(
    [],
  )
})

async function readerOf(pipe: string): Promise<string> {
  for (const id of await readdir('/proc')) {
    if (!/^\d+$/.test(id) || id === String(process.pid)) continue
    const files = await readdir(`/proc/${id}/fd`).catch(() => [])
    for (const file of files) {
      if ((await readlink(`/proc/${id}/fd/${file}`).catch(() => '')) === pipe) return id
    }
  }
  throw new Error('Nobody reads the pipe.')
}

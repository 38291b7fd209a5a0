import { ChildProcess, fork } from 'node:child_process'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { flatImage, photoLike } from '@arv/testkit/photos'
import { readPrintFixture } from '@arv/testkit/print-fixtures'
import sharp from 'sharp'
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { childEnv, compileMarker } from './compile-marker.ts'
import { inspectMarker } from './inspect-marker.ts'
import type { MarkerResult } from './marker-result.ts'

/** A compilation takes some seconds of CPU, and the machine may be busy. */
const COMPILATION_TIMEOUT = 180_000
const WORKING_SIZE = { width: 640, height: 480 }

/** A greyscale picture of that size, of what `brightness` gives for each of its pixels. */
async function picture(brightness: (x: number, y: number) => number): Promise<Buffer> {
  const { width, height } = WORKING_SIZE
  const pixels = Uint8Array.from({ length: width * height }, (_, index) =>
    brightness(index % width, Math.floor(index / width)),
  )
  return await sharp(pixels, { raw: { width, height, channels: 1 } })
    .png()
    .toBuffer()
}

let processes: ChildProcess[] = []
const noteProcess = (event: unknown): void => {
  if (event instanceof Object && 'process' in event && event.process instanceof ChildProcess) {
    processes.push(event.process)
  }
}

beforeEach(() => {
  processes = []
  subscribe('child_process', noteProcess)
})
afterEach(() => {
  unsubscribe('child_process', noteProcess)
})

/** By then a compilation is in the middle of its work: it takes one second on a fast machine. */
const AT_WORK_MS = 500

/** The compiler's process, once it has had time to be in the middle of its work. */
async function processAtWork(): Promise<ChildProcess> {
  const child = await vi.waitUntil(() => processes[0])
  await delay(AT_WORK_MS)
  return child
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

function livingProcesses(): number[] {
  return processes.flatMap(({ pid }) => (pid !== undefined && isAlive(pid) ? [pid] : []))
}

describe('a photo', () => {
  let result: MarkerResult
  let busyShare: number

  beforeAll(async () => {
    const { photo: bytes } = await readPrintFixture('landscape')
    const before = performance.eventLoopUtilization()
    result = await compileMarker({ bytes })
    busyShare = performance.eventLoopUtilization(before).utilization
  }, COMPILATION_TIMEOUT)

  test('becomes a marker that rates well, at 640 pixels', () => {
    expect(result).toMatchObject({ kind: 'compiled', width: 640, height: 480 })
    expect(result).toHaveProperty(
      'rating',
      expect.toSatisfy((rating: number) => rating >= 4 && rating <= 5),
    )
    expect(result).toHaveProperty(
      'featureCount',
      expect.toSatisfy((count: number) => count >= 150),
    )
  })

  test('becomes a file that MindAR can read', () => {
    if (result.kind !== 'compiled') throw new Error(result.message)
    const inspection = inspectMarker(result.mind)
    expect(inspection).toMatchObject({
      kind: 'valid',
      target: {
        targetImage: { width: 640, height: 480 },
        trackingData: [
          { width: 341, height: 256 },
          { width: 171, height: 128 },
        ],
      },
    })
  })

  test('becomes the very file that MindAR makes without our patch', async () => {
    if (result.kind !== 'compiled') throw new Error(result.message)
    // Kept from before the patch.
    const { marker } = await readPrintFixture('landscape')
    expect(Buffer.from(result.mind).equals(marker)).toBe(true)
  })

  test('leaves the event loop of its caller free while it is compiled', () => {
    expect(busyShare).toBeLessThan(0.2)
  })
})

describe('a picture that no camera can recognise is refused:', () => {
  let state = 1
  const noise = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state >>> 24
  }

  test.each([
    { what: 'one colour', draw: () => flatImage() },
    { what: 'noise', draw: () => picture(noise) },
    { what: 'a checkerboard', draw: () => picture((x, y) => (((x >> 5) + (y >> 5)) % 2) * 255) },
  ])(
    '$what',
    async ({ draw }) => {
      expect(await compileMarker({ bytes: await draw() })).toMatchObject({
        kind: 'rejected',
        code: 'TOO_FEW_FEATURES',
        message: expect.stringMatching(/^The image has too few distinct details/),
        rating: 0,
      })
    },
    COMPILATION_TIMEOUT,
  )
})

describe('an image is refused without compiling it when it', () => {
  test('is too small', async () => {
    expect(await compileMarker({ bytes: await photoLike(1, { width: 200, height: 150 }) })).toMatchObject({
      kind: 'rejected',
      code: 'TOO_SMALL',
    })
  })

  test('is long and narrow', async () => {
    expect(await compileMarker({ bytes: await photoLike(1, { width: 1600, height: 400 }) })).toMatchObject({
      kind: 'rejected',
      code: 'EXTREME_ASPECT_RATIO',
    })
  })

  test.each([
    {
      what: 'is an SVG',
      bytes: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="640" height="480"/>'),
    },
    { what: 'is empty', bytes: Buffer.alloc(0) },
    { what: 'is no image', bytes: Buffer.from('hello') },
  ])('$what', async ({ bytes }) => {
    expect(await compileMarker({ bytes })).toMatchObject({
      kind: 'failed',
      code: 'INTERNAL',
      message: 'The image could not be read.',
    })
  })

  test('is a file that is not there, whose path it keeps out of the message', async () => {
    expect(await compileMarker({ path: '/nowhere/photo.jpg' })).toEqual({
      kind: 'failed',
      code: 'INTERNAL',
      message: 'The image could not be read.',
      detail: 'Input file is missing: /nowhere/photo.jpg',
    })
  })
})

describe('the process that compiles', () => {
  test('is killed at the deadline', async () => {
    const bytes = await photoLike(1)
    expect(await compileMarker({ bytes }, { deadlineMs: AT_WORK_MS })).toEqual({
      kind: 'failed',
      code: 'TIMED_OUT',
      message: 'The marker was not compiled within 1 seconds.',
    })
    expect(processes).toHaveLength(1)
    expect(livingProcesses()).toEqual([])
  })

  test('may be killed by someone else', async () => {
    const compilation = compileMarker({ bytes: await photoLike(1) })
    const child = await processAtWork()
    child.kill('SIGKILL')
    expect(await compilation).toEqual({
      kind: 'failed',
      code: 'INTERNAL',
      message: 'The marker could not be compiled.',
      detail: 'signal SIGKILL',
    })
  })

  test('dies alone when it needs more memory than it may have', async () => {
    const result = await compileMarker({ bytes: await photoLike(1) }, { maxOldSpaceMb: 20 })
    expect(result).toMatchObject({
      kind: 'failed',
      code: 'INTERNAL',
      message: 'The marker could not be compiled.',
      detail: expect.stringContaining('heap out of memory'),
    })
  }, 60_000)

  test('is killed when the caller gives up, who gets the reason', async () => {
    const caller = new AbortController()
    const giveUp = async (): Promise<void> => {
      await processAtWork()
      caller.abort(new Error('shutting down'))
    }
    const [compilation] = await Promise.allSettled([
      compileMarker({ bytes: await photoLike(1) }, { signal: caller.signal }),
      giveUp(),
    ])
    expect(compilation).toEqual({ status: 'rejected', reason: new Error('shutting down') })
    expect(processes).toHaveLength(1)
    expect(livingProcesses()).toEqual([])
  })

  test('is not even started for a caller who has given up', async () => {
    const signal = AbortSignal.abort(new Error('shutting down'))
    await expect(compileMarker({ path: 'photo.jpg' }, { signal })).rejects.toThrow('shutting down')
    expect(processes).toHaveLength(0)
  })

  test('does not outlive a parent that is killed', async () => {
    const parent = fork(new URL('../test/abandon-compilation.ts', import.meta.url), {
      execArgv: [],
      env: childEnv(process.env),
    })
    const [orphan] = await once(parent, 'message')
    await delay(AT_WORK_MS)
    expect(isAlive(orphan)).toBe(true)

    parent.kill('SIGKILL')
    await vi.waitUntil(() => !isAlive(orphan), { timeout: 30_000, interval: 100 })
  }, 60_000)

  test('inherits what a process needs, and no secret', () => {
    expect(
      childEnv({ PATH: '/bin', LANG: 'C', DATABASE_URL: 'postgres://a:b@c/d', AUTH_SECRET: 's' }),
    ).toEqual({
      PATH: '/bin',
      LANG: 'C',
    })
  })
})

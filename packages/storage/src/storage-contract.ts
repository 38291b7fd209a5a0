import { createHash, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { StorageDriver } from './storage-driver.ts'

type MadeDriver = {
  readonly driver: StorageDriver
  /** Removes what the tests left. */
  dispose(): Promise<void>
}

const invalidPaths = [
  '',
  '/',
  '/a',
  'a/',
  'a//b',
  '.',
  '..',
  '../a',
  'a/../b',
  'a/./b',
  'a\\b',
  '..\\a',
  'a\0b',
  'a\nb',
  '\uD800',
  '.arv-tmp-1',
  'a/.arv-tmp-1',
  'n'.repeat(256),
  `${'n'.repeat(200)}/`.repeat(6) + 'n',
]

/**
 * What every storage driver must do, as vitest tests. Each test gets an empty storage of its own from
 * `makeDriver`.
 */
export function storageContract(name: string, makeDriver: () => Promise<MadeDriver>): void {
  describe(`${name} keeps the storage contract`, () => {
    let made: MadeDriver
    let driver: StorageDriver
    beforeEach(async () => {
      made = await makeDriver()
      driver = made.driver
    })
    afterEach(() => made.dispose())

    const put = (path: string, content: string | Buffer) =>
      driver.write(path, Readable.from([Buffer.from(content)]))
    const get = async (path: string) => text((await driver.read(path)).stream)
    const paths = async (folder = '') => {
      const found: string[] = []
      for await (const file of driver.list(folder)) found.push(file.path)
      return found.toSorted()
    }

    describe('writing and reading', () => {
      test('gives back what was written, with its size and checksum', async () => {
        const content = randomBytes(300_000)
        const written = await put('a/b/photo.jpg', content)
        expect(written).toEqual({
          sizeBytes: 300_000,
          checksumSha256: createHash('sha256').update(content).digest('hex'),
        })
        const file = await driver.read('a/b/photo.jpg')
        expect(file.sizeBytes).toBe(300_000)
        expect(content.equals(await buffer(file.stream))).toBe(true)
      })

      test('keeps an empty file', async () => {
        expect(await put('empty', '')).toEqual({
          sizeBytes: 0,
          checksumSha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
        })
        expect(await get('empty')).toBe('')
      })

      test('replaces a file as a whole', async () => {
        await put('a', 'a long first version')
        await put('a', 'second')
        expect(await get('a')).toBe('second')
      })

      test('takes names with spaces and any letters', async () => {
        await put('Моя папка/фото 1 – π.jpg', 'x')
        expect(await get('Моя папка/фото 1 – π.jpg')).toBe('x')
        expect(await paths()).toEqual(['Моя папка/фото 1 – π.jpg'])
      })

      test('of two writers at once, one wins as a whole', async () => {
        const versions = ['1', '2'].map((digit) => digit.repeat(200_000))
        await Promise.all(versions.map((version) => put('same', version)))
        expect(versions).toContain(await get('same'))
        expect(await paths()).toEqual(['same'])
      })

      test('says how large and how old a file is', async () => {
        const before = Date.now()
        await put('a/b', 'four')
        const file = await driver.stat('a/b')
        expect(file?.sizeBytes).toBe(4)
        expect(Math.abs((file?.modifiedAt.getTime() ?? 0) - before)).toBeLessThan(60_000)
      })

      test('has nothing to say about what is not a file', async () => {
        await put('a/b', 'x')
        expect(await driver.stat('nothing')).toBeNull()
        expect(await driver.stat('a')).toBeNull()
        expect(await driver.stat('a/b/c')).toBeNull()
        await expect(driver.read('nothing')).rejects.toMatchObject({ code: 'NOT_FOUND' })
        await expect(driver.read('a')).rejects.toMatchObject({ code: 'NOT_FOUND' })
        await expect(driver.read('a/b/c')).rejects.toMatchObject({ code: 'NOT_FOUND' })
      })
    })

    describe('a write that fails leaves what was there', () => {
      beforeEach(async () => {
        await put('a', 'before')
      })
      afterEach(async () => {
        expect(await get('a')).toBe('before')
        expect(await paths()).toEqual(['a'])
      })

      test('when the source breaks', async () => {
        const broken = new Error('the client went away')
        const source = Readable.from(
          (async function* () {
            yield Buffer.alloc(100_000)
            throw broken
          })(),
        )
        await expect(driver.write('a', source)).rejects.toBe(broken)
      })

      test('when the source is destroyed without an error', async () => {
        const source = new Readable({ read() {} })
        source.push(Buffer.alloc(1000))
        const writing = driver.write('a', source)
        setTimeout(() => source.destroy(), 20)
        await expect(writing).rejects.toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' })
      })

      test('when it is aborted, which also ends the source', async () => {
        const source = new Readable({ read() {} })
        source.push(Buffer.alloc(1000))
        const abort = new AbortController()
        const writing = driver.write('a', source, { signal: abort.signal })
        setTimeout(() => abort.abort(), 20)
        await expect(writing).rejects.toMatchObject({ name: 'AbortError' })
        expect(source.destroyed).toBe(true)
      })

      test('when the source breaks before it is read', async () => {
        const broken = new Error('the client went away')
        const source = new Readable({ read() {} })
        const writing = driver.write('a', source)
        source.destroy(broken)
        await expect(writing).rejects.toBe(broken)
      })

      test('when it was aborted before it began', async () => {
        const source = new Readable({ read() {} })
        const writing = driver.write('a', source, { signal: AbortSignal.abort() })
        await expect(writing).rejects.toMatchObject({ name: 'AbortError' })
      })

      test('when the file is one byte too large, without reading on', async () => {
        let produced = 0
        const source = Readable.from(
          (async function* () {
            for (;;) {
              produced += 1
              yield Buffer.alloc(1000)
            }
          })(),
        )
        await expect(driver.write('a', source, { maxBytes: 9_999 })).rejects.toMatchObject({
          code: 'TOO_LARGE',
        })
        expect(source.destroyed).toBe(true)
        expect(produced).toBeLessThan(100)
      })

      test('when the path is refused, which also ends the source', async () => {
        const source = Readable.from([Buffer.from('x')])
        await expect(driver.write('../a', source)).rejects.toMatchObject({ code: 'INVALID_PATH' })
        expect(source.destroyed).toBe(true)
      })
    })

    test('takes a file of exactly the allowed size', async () => {
      const source = Readable.from([Buffer.alloc(5_000), Buffer.alloc(5_000)])
      expect((await driver.write('a', source, { maxBytes: 10_000 })).sizeBytes).toBe(10_000)
    })

    describe('ranges', () => {
      beforeEach(async () => {
        await put('digits', '0123456789')
        await put('empty', '')
      })

      test.each([
        { range: { start: 0, end: 0 }, part: '0' },
        { range: { start: 3, end: 5 }, part: '345' },
        { range: { start: 9, end: 9 }, part: '9' },
        { range: { start: 7 }, part: '789' },
        { range: { end: 2 }, part: '012' },
        { range: { start: 8, end: 1000 }, part: '89' },
        { range: {}, part: '0123456789' },
      ])('$range is "$part"', async ({ range, part }) => {
        const file = await driver.read('digits', range)
        expect(file.sizeBytes).toBe(10)
        expect(await text(file.stream)).toBe(part)
      })

      test.each([
        { start: 10 },
        { start: -1 },
        { end: -1 },
        { start: 5, end: 4 },
        { start: 0.5 },
        { start: Number.NaN },
        { start: 0, end: Infinity },
      ])('%o is refused', async (range) => {
        await expect(driver.read('digits', range)).rejects.toMatchObject({ code: 'INVALID_RANGE' })
      })

      test('an empty file has no first byte', async () => {
        await expect(driver.read('empty', { start: 0 })).rejects.toMatchObject({ code: 'INVALID_RANGE' })
      })
    })

    describe('removing, copying and moving', () => {
      test('removes a file, and does not mind when it is gone', async () => {
        await put('a/b', 'x')
        await driver.remove('a/b')
        await driver.remove('a/b')
        await driver.remove('never/was')
        expect(await paths()).toEqual([])
      })

      test('never removes a folder as if it were a file', async () => {
        await put('a/b', 'x')
        await driver.remove('a')
        expect(await get('a/b')).toBe('x')
      })

      test('copies', async () => {
        await put('a', 'x')
        await put('b/c', 'old')
        await driver.copy('a', 'b/c')
        await driver.copy('a', 'new/place')
        await driver.copy('a', 'a')
        expect([await get('a'), await get('b/c'), await get('new/place')]).toEqual(['x', 'x', 'x'])
      })

      test('moves', async () => {
        await put('a', 'x')
        await put('b/c', 'old')
        await driver.move('a', 'b/c')
        expect(await get('b/c')).toBe('x')
        await driver.move('b/c', 'new/place')
        await driver.move('new/place', 'new/place')
        expect(await paths()).toEqual(['new/place'])
      })

      test('can neither copy nor move what is not there', async () => {
        await put('folder/a', 'x')
        for (const from of ['nothing', 'folder']) {
          await expect(driver.copy(from, 'b')).rejects.toMatchObject({ code: 'NOT_FOUND' })
          await expect(driver.move(from, 'b')).rejects.toMatchObject({ code: 'NOT_FOUND' })
        }
        expect(await paths()).toEqual(['folder/a'])
      })
    })

    describe('folders', () => {
      test('can be made twice and removed twice', async () => {
        await driver.makeFolder('a/b')
        await driver.makeFolder('a/b')
        await put('a/b/c/d', 'x')
        await driver.removeFolder('a')
        await driver.removeFolder('a')
        await driver.removeFolder('never/was')
        expect(await paths()).toEqual([])
        expect(await driver.stat('a/b/c/d')).toBeNull()
      })

      test('whose names begin alike have nothing to do with each other', async () => {
        await put('company-1/a', 'x')
        await put('company-10/a', 'x')
        expect(await paths('company-1')).toEqual(['company-1/a'])
        await driver.removeFolder('company-1')
        expect(await paths()).toEqual(['company-10/a'])
      })

      test('are listed with all that is in them, at any depth', async () => {
        await put('a/1', 'x')
        await put('a/b/2', 'xx')
        await put('c/3', 'xxx')
        expect(await paths('a')).toEqual(['a/1', 'a/b/2'])
        expect(await paths()).toEqual(['a/1', 'a/b/2', 'c/3'])
        for await (const file of driver.list('c')) {
          expect(file.sizeBytes).toBe(3)
          expect(file.modifiedAt).toBeInstanceOf(Date)
        }
      })

      test('that are not there are empty', async () => {
        expect(await paths('nothing')).toEqual([])
      })
    })

    describe('a path that is refused', () => {
      const cases = invalidPaths.map((path) => ({ path, label: JSON.stringify(path).slice(0, 20) }))
      test.each(cases)('$label', async ({ path }) => {
        await put('ok', 'x')
        const refusal = { code: 'INVALID_PATH' }
        await expect(put(path, 'x')).rejects.toMatchObject(refusal)
        await expect(driver.read(path)).rejects.toMatchObject(refusal)
        await expect(driver.stat(path)).rejects.toMatchObject(refusal)
        await expect(driver.remove(path)).rejects.toMatchObject(refusal)
        await expect(driver.makeFolder(path)).rejects.toMatchObject(refusal)
        await expect(driver.removeFolder(path)).rejects.toMatchObject(refusal)
        await expect(driver.copy(path, 'b')).rejects.toMatchObject(refusal)
        await expect(driver.copy('ok', path)).rejects.toMatchObject(refusal)
        await expect(driver.move(path, 'b')).rejects.toMatchObject(refusal)
        await expect(driver.move('ok', path)).rejects.toMatchObject(refusal)
        if (path !== '') await expect(paths(path)).rejects.toMatchObject(refusal)
        expect(await paths()).toEqual(['ok'])
      })
    })

    test('its own test passes and leaves nothing', async () => {
      await driver.test()
      expect(await paths()).toEqual([])
    })
  })
}

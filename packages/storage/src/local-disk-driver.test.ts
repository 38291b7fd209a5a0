import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createLocalDiskDriver, type LocalDiskDriver } from './local-disk-driver.ts'
import { storageContract } from './storage-contract.ts'

storageContract('local disk', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'arv-storage-'))
  return {
    driver: createLocalDiskDriver({ root: join(folder, 'root') }),
    dispose: () => rm(folder, { recursive: true }),
  }
})

let folder: string
let root: string
let driver: LocalDiskDriver
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'arv-storage-'))
  root = join(folder, 'root')
  await mkdir(join(folder, 'outside'))
  await mkdir(root)
  await writeFile(join(folder, 'outside', 'secret'), 'secret')
  driver = createLocalDiskDriver({ root })
})
afterEach(() => rm(folder, { recursive: true }))

async function listed(place: string): Promise<string[]> {
  const paths: string[] = []
  for await (const file of driver.list(place)) paths.push(file.path)
  return paths
}

const bytes = (content: string) => Readable.from([Buffer.from(content)])

describe('a link that leads out of the root', () => {
  beforeEach(async () => {
    await symlink(join(folder, 'outside'), join(root, 'folder'))
    await symlink(join(folder, 'outside', 'secret'), join(root, 'file'))
  })
  afterEach(async () => {
    expect(await readdir(join(folder, 'outside'))).toEqual(['secret'])
    expect(await readFile(join(folder, 'outside', 'secret'), 'utf8')).toBe('secret')
  })

  test('is not read, also not as a part of a path', async () => {
    await expect(driver.read('file')).rejects.toMatchObject({ code: 'INVALID_PATH' })
    await expect(driver.read('folder/secret')).rejects.toMatchObject({ code: 'INVALID_PATH' })
    await expect(driver.stat('folder/secret')).rejects.toMatchObject({ code: 'INVALID_PATH' })
    await expect(driver.copy('folder/secret', 'mine')).rejects.toMatchObject({ code: 'INVALID_PATH' })
    await expect(driver.move('file', 'mine')).rejects.toMatchObject({ code: 'INVALID_PATH' })
    expect(await driver.stat('file')).toBeNull()
  })

  test('is not listed', async () => {
    expect(await listed('')).toEqual([])
    expect(await listed('folder')).toEqual([])
  })

  test('is not written through', async () => {
    await expect(driver.write('folder/new', bytes('x'))).rejects.toMatchObject({ code: 'INVALID_PATH' })
    await expect(driver.makeFolder('folder/new/deeper')).rejects.toMatchObject({ code: 'INVALID_PATH' })
    await driver.write('file', bytes('mine'))
    expect(await readFile(join(root, 'file'), 'utf8')).toBe('mine')
  })

  test('is not removed through', async () => {
    await expect(driver.remove('folder/secret')).rejects.toMatchObject({ code: 'INVALID_PATH' })
    await expect(driver.removeFolder('folder')).rejects.toMatchObject({ code: 'INVALID_PATH' })
    await mkdir(join(root, 'real'))
    await symlink(join(folder, 'outside'), join(root, 'real', 'link'))
    await driver.removeFolder('real')
  })
})

test('a link to the root itself is followed', async () => {
  await symlink(root, join(folder, 'link'))
  const linked = createLocalDiskDriver({ root: join(folder, 'link') })
  await linked.write('a/b', bytes('x'))
  expect(await readFile(join(root, 'a', 'b'), 'utf8')).toBe('x')
})

test('tells tools where a file is', async () => {
  await driver.write('a/b', bytes('x'))
  expect(await readFile(await driver.absolutePath('a/b'), 'utf8')).toBe('x')
  await expect(driver.absolutePath('../outside/secret')).rejects.toMatchObject({ code: 'INVALID_PATH' })
})

test('a folder can not be replaced by a file, nor a file by a folder', async () => {
  await driver.write('a/b', bytes('x'))
  await expect(driver.write('a', bytes('y'))).rejects.toMatchObject({ code: 'INVALID_PATH' })
  await expect(driver.write('a/b/c', bytes('y'))).rejects.toMatchObject({ code: 'INVALID_PATH' })
  expect(await readdir(root)).toEqual(['a'])
})

test('a root that can not be used is told by the test, in words that name no place', async () => {
  const blocked = createLocalDiskDriver({ root: join(folder, 'outside', 'secret', 'root') })
  const error: unknown = await blocked.test().catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ name: 'StorageError', code: 'UNAVAILABLE' })
  expect(String(error)).not.toContain(folder)
})

describe('temporary files', () => {
  test('of a process that was killed are swept, those in use are not', async () => {
    const writer = fork(join(import.meta.dirname, '../test/endless-writer.ts'), [root], { execArgv: [] })
    await once(writer, 'message')
    writer.kill('SIGKILL')
    await once(writer, 'exit')
    const [left] = await readdir(join(root, 'deep'))
    expect(left).toMatch(/^\.arv-tmp-/)
    expect(await listed('')).toEqual([])

    const anHourAgo = new Date(Date.now() - 3_600_000)
    expect(await driver.sweepTemporary(anHourAgo)).toBe(0)
    await utimes(join(root, 'deep', left ?? ''), 0, 0)
    expect(await driver.sweepTemporary(anHourAgo)).toBe(1)
    expect(await readdir(join(root, 'deep'))).toEqual([])
  })

  test('are swept without touching anything else', async () => {
    await driver.write('a/b', bytes('x'))
    await utimes(join(root, 'a', 'b'), 0, 0)
    expect(await driver.sweepTemporary(new Date())).toBe(0)
    expect((await driver.stat('a/b'))?.sizeBytes).toBe(1)
  })
})

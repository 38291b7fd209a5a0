import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmdirSync } from 'node:fs'
import { rm, statfs, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestDatabase, type TestDatabase } from '@arv/testkit'
import { clip } from '@arv/testkit/clips'
import { photoLike } from '@arv/testkit/photos'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type ArvProcess, databaseVariables, signInTo, startArvProcess } from './arv-process.ts'
import { type Client, textAt } from './client.ts'
import { findLeftovers, NOTHING_LEFT } from './leftovers.ts'

const DISK_MB = 24
const KB = 1024
/** Compiling takes 6 s, and several times that on a busy machine. */
const PATIENCE = { timeout: 300_000, interval: 250 }
const root = mkdtempSync(join(tmpdir(), 'arv-full-disk-'))
const disk = join(root, 'disk')
mkdirSync(disk)
const refusal = mountDisk()
if (refusal !== undefined)
  process.stdout.write(`No small disk can be mounted here, so no test of a full one: ${refusal}\n`)

/** @returns why it can't be mounted */
function mountDisk(): string | undefined {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m`, 'arv-full-disk', disk], { stdio: 'pipe' })
    return undefined
  } catch (error) {
    return String(error)
  }
}

describe.skipIf(refusal !== undefined)('when the disk is full on which files are kept', () => {
  let database: TestDatabase
  let owner: postgres.Sql
  let arv: ArvProcess
  let client: Client
  let companyId: string
  let projectId: string

  beforeAll(async () => {
    database = await createTestDatabase()
    owner = postgres(database.ownerUrl, { max: 1 })
    arv = await startArvProcess({ folder: root, dataDir: disk, variables: databaseVariables(database) })
    client = (await signInTo(arv.url)).client
    const company = await client.send('CreateCompany', { input: { name: 'Full' } })
    companyId = textAt(company, 'createCompany', 'company', 'id')
    const project = await client.send('CreateProject', { input: { companyId, name: 'Full' } })
    projectId = textAt(project, 'createProject', 'project', 'id')
    // Written down by a job, which must not count as unfinished.
    await vi.waitFor(async () => {
      expect(await owner`select from media.storage_folders`).toHaveLength(10)
    }, PATIENCE)
  }, 300_000)

  afterAll(async () => {
    await client?.close()
    await arv?.stop()
    await owner?.end()
    await database?.drop()
    execFileSync('umount', ['-l', disk])
    rmdirSync(disk)
    await rm(root, { recursive: true })
  })

  const ballast = join(disk, 'ballast')

  /** Fills the disk with something else, but for so many bytes. */
  async function leaveRoomFor(bytes: number): Promise<void> {
    await rm(ballast, { force: true })
    const { bavail, bsize } = await statfs(disk)
    await writeFile(ballast, Buffer.alloc(Math.max(0, bavail * bsize - bytes)))
    const over = bytes - (await roomLeft())
    if (over > 0) await truncate(ballast, Math.max(0, bavail * bsize - bytes - over))
  }

  async function roomLeft(): Promise<number> {
    const { bavail, bsize } = await statfs(disk)
    return bavail * bsize
  }

  const upload = async (kind: 'IMAGE' | 'VIDEO', bytes: Buffer) => {
    const name = kind === 'IMAGE' ? 'photo.jpg' : 'clip.mp4'
    const { uploadAsset } = await client.upload(
      'UploadAsset',
      { companyId, projectId, kind },
      { name, bytes },
    )
    return uploadAsset
  }
  const leftovers = () => findLeftovers(owner, join(disk, 'files'))

  test.for(['IMAGE', 'VIDEO'] as const)(
    'a file of the kind %s is refused wherever its room ends, and nothing of it stays',
    { timeout: 300_000 },
    async (kind) => {
      const bytes =
        kind === 'IMAGE' ? await photoLike(5) : await clip({ seconds: 1, width: 320, height: 240 })
      const assetsBefore = await owner`select id from media.assets`
      // From room for nothing to room for the file, what is made of it, and the copies that are kept.
      const steps = 6
      const refusals: unknown[] = []
      for (let step = 0; step < steps; step += 1) {
        await leaveRoomFor(Math.round((step * 2 * bytes.length) / steps))
        const answer = await upload(kind, bytes)
        if (JSON.stringify(answer).includes('"userErrors":[]')) continue
        refusals.push(answer)
        expect(await leftovers()).toEqual(NOTHING_LEFT)
      }
      const refused = {
        asset: null,
        userErrors: [
          {
            code: 'LIMIT_REACHED',
            field: ['file'],
            message:
              'There is no room left where files are kept, so nothing of this file was. Whoever runs the platform has to make some.',
          },
        ],
      }
      expect(refusals.length).toBeGreaterThan(2)
      expect(refusals).toEqual(refusals.map(() => refused))
      const kept = steps - refusals.length
      // With each its thumbnail or poster.
      expect(await owner`select id from media.assets`).toHaveLength(assetsBefore.length + 2 * kept)

      await rm(ballast)
      expect(await upload(kind, bytes)).toMatchObject({ asset: { kind, status: 'READY' }, userErrors: [] })
      expect(await leftovers()).toEqual(NOTHING_LEFT)
    },
  )

  test('a marker that can’t be stored leaves nothing, says why, and is stored once there is room', async () => {
    const image = await upload('IMAGE', await photoLike(6, { width: 320, height: 256 }))
    const input = { projectId, imageId: textAt(image, 'asset', 'id'), title: 'Poster' }
    const created = await client.send('CreateArContent', { input })
    const id = textAt(created, 'createArContent', 'content', 'id')
    await leaveRoomFor(4 * KB)
    await vi.waitFor(async () => {
      const [job] = await owner`
        select output ->> 'message' as reason from jobs.job where name = 'marker.compile' and state = 'retry'`
      expect(job).toEqual({ reason: 'The storage is full.' })
    }, PATIENCE)
    expect(await owner`select id from media.assets where kind = 'MARKER'`).toHaveLength(0)
    expect(await leftovers()).toEqual(NOTHING_LEFT)

    await rm(ballast)
    await vi.waitFor(async () => {
      expect(await client.send('ArContent', { id })).toMatchObject({
        arContent: { marker: { status: 'COMPLETED', attempts: 2, error: null } },
      })
    }, PATIENCE)
    await vi.waitFor(async () => expect(await leftovers()).toEqual(NOTHING_LEFT), PATIENCE)
  }, 600_000)
})

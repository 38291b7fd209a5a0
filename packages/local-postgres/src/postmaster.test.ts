import { execFileSync } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { startPostmaster } from './postmaster.ts'

/** On so many files Node works at a time. */
const FILE_THREADS = 4
/** Long enough for a program that does nothing to end. */
const BUSY_MS = 300

test('a server that ends while its starter is busy with files is one that did not start', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'arv-postmaster-'))
  const pipe = join(folder, 'pipe')
  execFileSync('mkfifo', [pipe])
  const binaries = { initdb: '/bin/false', postgres: '/bin/false' }
  const place = { binaries, cluster: folder, user: undefined, note: undefined }

  const starting = startPostmaster(place, join(folder, 'log'), {}).catch((error: unknown) => error)
  // Its log is opened before these, which wait for somebody who writes; whatever comes after them waits, too.
  const waiting = Array.from({ length: FILE_THREADS }, () => open(pipe, 'r'))
  await delay(BUSY_MS)
  const writer = openSync(pipe, 'r+')

  expect(await starting).toMatchObject({ code: 'START_FAILED' })
  for (const file of await Promise.all(waiting)) await file.close()
  closeSync(writer)
  await rm(folder, { recursive: true })
}, 5_000)

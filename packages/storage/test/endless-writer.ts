import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { createLocalDiskDriver } from '../src/local-disk-driver.ts'

// A process for a test to kill in the middle of a write.
async function* endless() {
  yield Buffer.alloc(100_000)
  yield Buffer.alloc(100_000)
  process.send?.('writing')
  await sleep(60_000)
}

const root = process.argv[2] ?? ''
await createLocalDiskDriver({ root }).write('deep/file', Readable.from(endless()))

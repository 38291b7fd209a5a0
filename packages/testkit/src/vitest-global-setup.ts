import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { startTestServer, type TestServer } from './test-server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Answers with where the run's database server is (TestServerAddress as JSON), and starts it when first asked. */
    testServerDoor: string
  }
}

/**
 * One PostgreSQL for the whole run, made when the first test file wants a database: runs without any such
 * file don't pay for it.
 */
export default async function setUpRun(project: TestProject): Promise<() => Promise<void>> {
  let server: Promise<TestServer> | undefined
  const dataDir = join(tmpdir(), `arv-test-${randomBytes(6).toString('hex')}`)
  const door = createServer((_request, response) => {
    server ??= startTestServer(dataDir)
    server.then(
      ({ address }) => response.end(JSON.stringify(address)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    )
  })
  door.listen(0, '127.0.0.1')
  await once(door, 'listening')
  const address = door.address()
  if (address === null || typeof address === 'string') throw new Error('the run has no door to its database')
  project.provide('testServerDoor', `http://127.0.0.1:${address.port}`)
  return async () => {
    door.close()
    // Why it did not start, those who asked were told.
    const started = await server?.catch(() => undefined)
    await started?.stop()
  }
}

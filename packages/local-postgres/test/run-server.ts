import { startLocalPostgres } from '../src/index.ts'

/** A process of its own that starts the server in the folder of its first argument, and then lives on. */
const [dataDir = ''] = process.argv.slice(2)
try {
  const server = await startLocalPostgres({ dataDir, settings: { fsync: 'off' } })
  process.stdout.write(`${JSON.stringify({ url: server.ownerUrl, pid: server.pid })}\n`)
  process.stdin.resume()
} catch (error) {
  process.stderr.write(error instanceof Error ? `${error.message}\n` : String(error))
  process.exitCode = 1
}

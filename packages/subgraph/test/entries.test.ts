import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const HEAVY = /\/node_modules\/(drizzle-orm|kysely|postgres|pg|pg-boss)\//

/** The packages of the database and its queues that a process has loaded after importing `entry`. */
async function heavyPackagesOf(entry: string): Promise<string[]> {
  const script = `
    import { registerHooks } from 'node:module'
    const urls = []
    registerHooks({ load: (url, context, next) => (urls.push(url), next(url, context)) })
    await import('${entry}')
    process.stdout.write(JSON.stringify(urls))`
  const args = ['--input-type=module', '--eval', script]
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: import.meta.dirname })
  const urls: string[] = JSON.parse(stdout)
  return [...new Set(urls.flatMap((url) => HEAVY.exec(url)?.[1] ?? []))].toSorted()
}

test('who only calls subgraphs loads no database and no queue', async () => {
  expect(await heavyPackagesOf('@arv/subgraph')).toEqual([])
})

test('who runs one loads both', async () => {
  expect(await heavyPackagesOf('@arv/subgraph/run-subgraph')).toEqual(
    expect.arrayContaining(['drizzle-orm', 'pg-boss', 'postgres']),
  )
})

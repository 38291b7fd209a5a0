import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { watchSources } from './watch-sources.ts'

let root: string
let reports: (readonly string[])[]
let end: () => void

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'arv-watch-'))
  save('packages/a/src/one.ts', 'packages/a/node_modules/x/index.ts', 'packages/a/test/one.ts')
  mkdirSync(join(root, 'elsewhere'))
  reports = []
  end = watchSources(root, ['packages'], async (paths) => {
    reports.push(paths.toSorted())
  })
})
afterEach(() => {
  end()
  rmSync(root, { recursive: true })
})

function save(...paths: string[]) {
  for (const path of paths) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), 'text')
  }
}

async function nextReport() {
  await vi.waitFor(() => expect(reports).not.toEqual([]), 5_000)
  return reports.shift()
}

test('reports what is saved together once', async () => {
  save('packages/a/src/one.ts', 'packages/a/src/two.ts', 'packages/a/src/a.graphql')
  expect(await nextReport()).toEqual([
    'packages/a/src/a.graphql',
    'packages/a/src/one.ts',
    'packages/a/src/two.ts',
  ])
})

test('reports a file again and again that an editor replaces by another', async () => {
  for (let time = 0; time < 3; time += 1) {
    save('packages/a/src/one.ts.new')
    renameSync(join(root, 'packages/a/src/one.ts.new'), join(root, 'packages/a/src/one.ts'))
    expect(await nextReport()).toEqual(['packages/a/src/one.ts'])
  }
})

test('reports what lies in a new folder, and in one that was removed and came back', async () => {
  save('packages/b/src/deep/new.ts')
  expect(await nextReport()).toEqual(['packages/b/src/deep/new.ts'])
  rmSync(join(root, 'packages/b'), { recursive: true })
  expect(await nextReport()).toEqual(['packages/b/src/deep/new.ts'])
  save('packages/b/src/deep/new.ts')
  expect(await nextReport()).toEqual(['packages/b/src/deep/new.ts'])
  save('packages/b/src/deep/new.ts')
  expect(await nextReport()).toEqual(['packages/b/src/deep/new.ts'])
})

test('reports no tests, no dependencies, and nothing that is no source', async () => {
  save('packages/a/test/one.ts', 'packages/a/src/one.test.ts', 'packages/a/node_modules/x/index.ts')
  save('packages/a/README.md', 'packages/a/.turbo/x.ts', 'elsewhere/one.ts')
  await delay(400)
  save('packages/a/src/one.ts')
  expect(await nextReport()).toEqual(['packages/a/src/one.ts'])
})

test('reports what changes during a report after it', async () => {
  end()
  const first = Promise.withResolvers<void>()
  end = watchSources(root, ['packages'], async (paths) => {
    reports.push(paths)
    await first.promise
  })
  save('packages/a/src/one.ts')
  await vi.waitFor(() => expect(reports).toEqual([['packages/a/src/one.ts']]), 5_000)
  save('packages/a/src/two.ts')
  await delay(400)
  expect(reports).toHaveLength(1)
  first.resolve()
  await vi.waitFor(() => expect(reports[1]).toEqual(['packages/a/src/two.ts']), 5_000)
})

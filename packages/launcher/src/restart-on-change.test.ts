import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SUBGRAPH_NAMES } from '@arv/subgraph'
import { describe, expect, test } from 'vitest'
import { compose, concerns } from './restart-on-change.ts'

const NAMES = ['gateway', 'tenancy', 'content', 'content-worker', 'media', 'media-worker']

describe('a change restarts who runs it', () => {
  test.each([
    ['subgraphs/content/src/videos/video.ts', ['content', 'content-worker']],
    ['subgraphs/tenancy/src/main.ts', ['tenancy']],
    ['gateway/src/gateway.ts', ['gateway']],
    ['gateway/supergraph.graphql', ['gateway']],
    ['packages/relay/src/index.ts', NAMES],
    ['drizzle/schema/content.ts', NAMES],
  ])('%s', (path, concerned) => {
    expect(NAMES.filter((name) => concerns(path, name))).toEqual(concerned)
  })
})

test('SDL that can’t be read is said with its place, and no stack', async () => {
  const root = mkdtempSync(join(tmpdir(), 'arv-sdl-'))
  try {
    for (const name of SUBGRAPH_NAMES) {
      mkdirSync(join(root, 'subgraphs', name, 'src'), { recursive: true })
      writeFileSync(join(root, 'subgraphs', name, 'src/schema.graphql'), 'type Query { broken: }')
    }
    const problem = await compose(root)
    expect(problem).toContain('Syntax Error: Expected Name, found "}".')
    expect(problem).toContain('schema.graphql:1:')
    expect(problem).not.toContain('    at ')
  } finally {
    rmSync(root, { recursive: true })
  }
})

import { execFile } from 'node:child_process'
import { appendFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'

const run = promisify(execFile)
const packageRoot = join(import.meta.dirname, '..')

async function codegenCheck(directory: string): Promise<{ code: unknown; output: string }> {
  const command = join(packageRoot, 'node_modules/.bin/graphql-codegen')
  try {
    const { stdout, stderr } = await run(command, ['--config', 'codegen.ts', '--check'], { cwd: directory })
    return { code: 0, output: stdout + stderr }
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || !('stdout' in error)) throw error
    return { code: error.code, output: String(error.stdout) + error.message }
  }
}

describe('the resolver types of a subgraph', () => {
  test('that were generated are up to date', async () => {
    expect(await codegenCheck(join(packageRoot, 'test/notes'))).toMatchObject({ code: 0 })
  })

  test('are found to be stale when the SDL changes', async () => {
    const copy = mkdtempSync(join(packageRoot, 'test/notes-'))
    onTestFinished(() => rmSync(copy, { recursive: true }))
    cpSync(join(packageRoot, 'test/notes'), copy, { recursive: true })
    appendFileSync(join(copy, 'src/notes/notes.graphql'), '\nextend type Note { archived: Boolean! }\n')
    const { code, output } = await codegenCheck(copy)
    expect(code).toBe(1)
    expect(output).toContain('stale')
  })
})

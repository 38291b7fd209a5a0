import { tmpdir } from 'node:os'

/** What a program that a test starts gets of the test's environment: what Node needs, and nothing that is ARV's. */
export function programEnvironment(): Record<string, string> {
  const { PATH = '', TMPDIR = tmpdir(), NODE_COMPILE_CACHE } = process.env
  return { PATH, TMPDIR, ...(NODE_COMPILE_CACHE !== undefined && { NODE_COMPILE_CACHE }) }
}

import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { loadTypeDefs, SUBGRAPH_NAMES } from '@arv/subgraph'
import type { KeptProgram } from './keep-program.ts'
import { watchSources } from './watch-sources.ts'

const run = promisify(execFile)

const ROOT = join(import.meta.dirname, '../../..')
const SUPERGRAPH = 'gateway/supergraph.graphql'

/**
 * Restarts the processes whose sources change: a subgraph's own, the gateway, or all for what they share. Where SDL
 * changes, the supergraph is composed first, and its new file then restarts the gateway; while it can't be composed,
 * what the SDL belongs to runs on as it was.
 *
 * @returns ends it
 */
export function restartOnChange(processes: readonly KeptProgram[], say: (line: string) => void): () => void {
  const uncomposed = new Set<string>()
  const restart = (paths: readonly string[]) => {
    const concerned = processes.filter(({ name }) => paths.some((path) => concerns(path, name)))
    if (concerned.length === 0) return
    const [first, ...others] = paths
    const more = others.length === 0 ? '' : ` and ${others.length} more`
    say(`${first}${more} changed: restarting ${concerned.map(({ name }) => name).join(', ')}.`)
    for (const each of concerned) each.restart()
  }
  return watchSources(ROOT, ['gateway', 'subgraphs', 'packages', 'drizzle'], async (paths) => {
    const sdl = paths.filter(isSdl)
    for (const path of sdl) uncomposed.add(path)
    const code = paths.filter((path) => !isSdl(path))
    const problem = sdl.length === 0 ? undefined : await compose(ROOT)
    if (problem !== undefined) {
      say(`${sdl.join(', ')} changed, but what runs stays as it was:\n${problem}`)
      restart(code)
      return
    }
    restart(sdl.length === 0 ? code : [...uncomposed, ...code])
    if (sdl.length > 0) uncomposed.clear()
  })
}

/** Whether a process of this name runs what is in the file. Packages and the schema are in all of them. */
export function concerns(path: string, name: string): boolean {
  const [area, part] = path.split('/')
  if (area === 'gateway') return name === 'gateway'
  if (area === 'subgraphs') return name === part || name === `${part}-worker`
  return true
}

function isSdl(path: string): boolean {
  return path.endsWith('.graphql') && path !== SUPERGRAPH
}

/** Writes the supergraph anew; or says why it can't be. */
export async function compose(root: string): Promise<string | undefined> {
  try {
    // Of a syntax error this says the place in the file; the script would say where in its libraries it was found.
    for (const name of SUBGRAPH_NAMES) loadTypeDefs(join(root, 'subgraphs', name, 'src'))
  } catch (error) {
    return String(error)
  }
  // In a process of its own, which has the newest gateway.
  return run(process.execPath, [join(root, 'gateway/scripts/compose.ts')]).then(
    () => undefined,
    (error: unknown) =>
      error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error),
  )
}

import { type FSWatcher, readdirSync, statSync, watch } from 'node:fs'
import { join, relative } from 'node:path'

/** Files by their paths from the root, with slashes. */
export type ChangeHandler = (paths: readonly string[]) => Promise<void>

const SETTLE_MS = 150
const SOURCE = /(?<!\.test)\.(?:ts|graphql)$/
const IGNORED_FOLDER = /^(?:node_modules|test|\..*)$/

/**
 * Reports saved, new and removed `.ts` and `.graphql` files of the folders, tests aside: what changed together in one
 * call, and the next call when that one has ended.
 *
 * Each folder is watched by itself: Node's recursive watching on Linux follows files, and loses one that an editor
 * replaces by another of the same name; its `--watch` loses one that could not be loaded.
 *
 * @returns ends it
 */
export function watchSources(root: string, folders: readonly string[], changed: ChangeHandler): () => void {
  const report = createReport(changed)
  const watchers = new Map<string, FSWatcher>()
  const forget = (folder: string) => {
    watchers.get(folder)?.close()
    watchers.delete(folder)
  }
  const look = (folder: string, name: string, isNew: boolean) => {
    const path = join(folder, name)
    if (SOURCE.test(name)) {
      if (isNew) report.add(relative(root, path).replaceAll('\\', '/'))
    } else if (!IGNORED_FOLDER.test(name)) {
      // A folder that came, went, or went and came: a watcher holds on to the one that it was made for.
      forget(path)
      if (isFolder(path)) follow(path, isNew)
    }
  }
  const follow = (folder: string, isNew: boolean) => {
    const watcher = watch(folder, (_event, name) => name !== null && look(folder, name, true))
    // It is gone; the folder above says so as well.
    watcher.on('error', () => forget(folder))
    watchers.set(folder, watcher)
    for (const name of readdirSync(folder)) look(folder, name, isNew)
  }
  for (const folder of folders) follow(join(root, folder), false)
  return () => {
    report.end()
    for (const watcher of watchers.values()) watcher.close()
  }
}

/** Saving all files, or changing the branch, is one change: it is over when nothing has come for a moment. */
function createReport(changed: ChangeHandler): { add(path: string): void; end(): void } {
  const paths = new Set<string>()
  let settling: NodeJS.Timeout | undefined
  let reporting = Promise.resolve()
  const report = () => {
    reporting = reporting.then(async () => {
      const batch = [...paths]
      paths.clear()
      if (batch.length > 0) await changed(batch)
    })
  }
  return {
    add: (path) => {
      paths.add(path)
      clearTimeout(settling)
      settling = setTimeout(report, SETTLE_MS)
    },
    end: () => {
      clearTimeout(settling)
      paths.clear()
    },
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

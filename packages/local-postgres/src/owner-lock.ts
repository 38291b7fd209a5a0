import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { LocalPostgresError } from './local-postgres-error.ts'
import { startTimeOf } from './processes.ts'

/** The mark's name in the folder. */
export const OWNER_FILE = 'owner'

/**
 * Marks the folder as this process's until it is released. A mark that a killed process left behind counts
 * for nothing, even when its process id belongs to somebody else by now.
 *
 * @throws LocalPostgresError ALREADY_RUNNING
 */
export async function claimFolder(folder: string): Promise<{ release(): Promise<void> }> {
  const file = join(folder, OWNER_FILE)
  const mark = `${process.pid} ${await startTimeOf(process.pid)}`
  if (!(await placeMark(file, mark))) {
    const holder = await holderOf(file)
    if (holder !== undefined) throw alreadyRunning(folder, holder)
    await rm(file, { force: true })
    if (!(await placeMark(file, mark))) throw alreadyRunning(folder, (await holderOf(file)) ?? 'unknown')
  }
  return { release: () => rm(file, { force: true }) }
}

async function placeMark(file: string, mark: string): Promise<boolean> {
  try {
    await writeFile(file, mark, { flag: 'wx' })
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

/** The id of the process that holds the mark; undefined when none does. */
export async function holderOf(file: string): Promise<string | undefined> {
  const [pid = '', startTime] = (await readFile(file, 'utf8').catch(() => '')).split(/ (.*)/s)
  if (!/^\d+$/.test(pid)) return undefined
  return (await startTimeOf(Number(pid))) === startTime ? pid : undefined
}

function alreadyRunning(folder: string, pid: string): LocalPostgresError {
  return new LocalPostgresError(
    'ALREADY_RUNNING',
    `The PostgreSQL in ${folder} is already in use by the running process ${pid}.`,
  )
}

import { readdir, readFile, writeFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'

const SAMPLE_MS = 50

/** Resident memory while something went on, in MB (2^20 bytes). */
export interface MemoryUse {
  /** The most that any process which was there before grew by, at its peak. */
  readonly grewBy: number
  /** The peak of any process that was started meanwhile. */
  readonly largestNewcomer: number
}

/** Measures processes and their descendants by Linux's own high-water marks, so that no peak is missed between samples. */
export async function memoryOf(roots: readonly number[], work: () => Promise<void>): Promise<MemoryUse> {
  const before = new Map<number, number>()
  for (const pid of await treeOf(roots)) {
    // Puts the high-water mark back to what is resident now.
    await writeFile(`/proc/${pid}/clear_refs`, '5').catch(() => {})
    before.set(pid, await megabytes(pid, 'VmRSS'))
  }
  const newcomers = new Map<number, number>()
  let isOver = false
  const sampling = (async () => {
    while (!isOver) {
      for (const pid of await treeOf(roots)) {
        if (before.has(pid)) continue
        newcomers.set(pid, Math.max(newcomers.get(pid) ?? 0, await megabytes(pid, 'VmHWM')))
      }
      await delay(SAMPLE_MS)
    }
  })()
  try {
    await work()
  } finally {
    isOver = true
    await sampling
  }
  let grewBy = 0
  for (const [pid, resident] of before) grewBy = Math.max(grewBy, (await megabytes(pid, 'VmHWM')) - resident)
  return { grewBy, largestNewcomer: Math.max(0, ...newcomers.values()) }
}

/** Processes and all below them. */
async function treeOf(roots: readonly number[]): Promise<number[]> {
  const parents = new Map<number, number>()
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '')
    const parent = /\) \S (\d+)/.exec(stat)?.[1]
    if (parent !== undefined) parents.set(Number(name), Number(parent))
  }
  const tree = [...roots]
  for (const pid of tree) for (const [child, parent] of parents) if (parent === pid) tree.push(child)
  return tree
}

/** 0 when it has ended. */
async function megabytes(pid: number, field: 'VmRSS' | 'VmHWM'): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1] ?? 0) / 1024
}

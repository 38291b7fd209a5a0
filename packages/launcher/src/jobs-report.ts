import type { ListedJob, QueueCount } from '@arv/jobs'

export const JOBS_HELP = `Shows what waits, runs and has failed in the queues of ARV, running or not.

  pnpm jobs               every queue, and its jobs that are not done, failed ones first
  pnpm jobs retry <id>    lets a failed job run once more
  pnpm jobs run <queue>   lets a recurring job, such as storage.sweep, run now

It looks at the database of DATABASE_URL, else at ARV's own in ARV_DATA_DIR.`

/** @param jobs some of the jobs that are counted: the rest is told as a number */
export function jobsReport(counts: readonly QueueCount[], jobs: readonly ListedJob[]): string {
  const all = counts.reduce((sum, count) => sum + count.jobs, 0)
  const more = all > jobs.length ? [`  … and ${all - jobs.length} more`] : []
  const list =
    jobs.length === 0 ? ['Nothing waits, runs or has failed.'] : ['Jobs', ...jobs.map(jobLine), ...more]
  return [...table(counts), '', ...list].join('\n')
}

/** @example age(7300) // "2 h" */
export function age(seconds: number): string {
  if (seconds < 100) return `${Math.round(seconds)} s`
  if (seconds < 100 * 60) return `${Math.round(seconds / 60)} min`
  if (seconds < 48 * 3600) return `${Math.round(seconds / 3600)} h`
  return `${Math.round(seconds / 86_400)} d`
}

function table(counts: readonly QueueCount[]): string[] {
  const queues = Map.groupBy(counts, ({ queue }) => queue)
  const width = Math.max(5, ...[...queues.keys()].map((queue) => queue.length))
  const line = (queue: string, cells: readonly string[]) =>
    [queue.padEnd(width), ...cells.map((cell) => cell.padStart(7))].join('  ').trimEnd()
  return [
    line('Queue', ['waiting', 'active', 'failed', 'oldest']),
    ...[...queues].map(([queue, states]) => {
      const jobsIn = (state: string) => String(states.find((each) => each.state === state)?.jobs ?? 0)
      const oldest = Math.max(...states.map(({ oldestSeconds }) => oldestSeconds))
      return line(queue, [
        jobsIn('waiting'),
        jobsIn('active'),
        jobsIn('failed'),
        states.some(({ jobs }) => jobs > 0) ? age(oldest) : '-',
      ])
    }),
  ]
}

function jobLine({ id, queue, state, runs, ageSeconds, reason }: ListedJob): string {
  const since = ageSeconds < 0 ? `due in ${age(-ageSeconds)}` : `for ${age(ageSeconds)}`
  const ran = runs === 0 ? '' : `, ${runs} ${runs === 1 ? 'run' : 'runs'}`
  return `  ${id}  ${queue}  ${state} ${since}${ran}${reason === undefined ? '' : `: ${reason}`}`
}

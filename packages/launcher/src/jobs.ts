import { type JobDesk, openJobDesk } from '@arv/jobs'
import { JOBS_HELP, jobsReport } from './jobs-report.ts'
import { explainingAddress } from './open-database.ts'
import { findServer } from './find-server.ts'
import { runProgram } from './run-program.ts'
import { readSettings } from './settings.ts'
import { StartUpError } from './start-up-error.ts'

const MOST_LISTED = 100

/** `jobs` shows what waits, runs and has failed; `jobs retry <id>` lets a failed job run once more. */
await runProgram(async () => {
  const [command, id, ...rest] = process.argv.slice(2)
  if (command === '--help' || command === '-h') {
    process.stdout.write(`${JOBS_HELP}\n`)
    return undefined
  }
  const lists = command === undefined
  if (!lists && (command !== 'retry' || id === undefined || rest.length > 0)) {
    throw new StartUpError('Say "jobs" or "jobs retry <id>"; "jobs --help" says more.')
  }
  const settings = readSettings(process.env, 'migrate')
  const server = await findServer(settings)
  const { ssl } = settings.pool
  const desk = await explainingAddress(server, () =>
    openJobDesk({ url: server.ownerUrl, ...(ssl !== undefined && { ssl }) }),
  )
  try {
    process.stdout.write(`${id === undefined ? await listJobs(desk) : await retryJob(desk, id)}\n`)
  } finally {
    await desk.close()
    await server.stop()
  }
  return undefined
})

async function listJobs(desk: JobDesk): Promise<string> {
  return jobsReport(await desk.count(), await desk.list(MOST_LISTED))
}

async function retryJob(desk: JobDesk, id: string): Promise<string> {
  switch (await desk.retry(id)) {
    case 'retried':
      return `Job ${id} will run again.`
    case 'not failed':
      throw new StartUpError(`Job ${id} has not failed: it waits, runs, or is done.`)
    case 'unknown':
      throw new StartUpError('There is no job of this id. "jobs" shows those that there are.')
  }
}

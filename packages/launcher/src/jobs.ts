import { type JobDesk, openJobDesk } from '@arv/jobs'
import { JOBS_HELP, jobsReport } from './jobs-report.ts'
import { explainingAddress } from './open-database.ts'
import { findServer } from './find-server.ts'
import { runProgram } from './run-program.ts'
import { readSettings } from './settings.ts'
import { StartUpError } from './start-up-error.ts'

const MOST_LISTED = 100

/**
 * `jobs` shows what waits, runs and has failed; `jobs retry <id>` lets a failed job run once more; `jobs run <queue>`
 * lets a recurring one run now.
 */
await runProgram(async () => {
  const [command, subject, ...rest] = process.argv.slice(2)
  if (command === '--help' || command === '-h') {
    process.stdout.write(`${JOBS_HELP}\n`)
    return undefined
  }
  const act = actOf(command, subject)
  if (act === undefined || rest.length > 0) {
    throw new StartUpError('Say "jobs", "jobs retry <id>" or "jobs run <queue>"; "jobs --help" says more.')
  }
  const settings = readSettings(process.env, 'migrate')
  const server = await findServer(settings)
  const { ssl } = settings.pool
  const desk = await explainingAddress(server, () =>
    openJobDesk({ url: server.ownerUrl, ...(ssl !== undefined && { ssl }) }),
  )
  try {
    process.stdout.write(`${await act(desk)}\n`)
  } finally {
    await desk.close()
    await server.stop()
  }
  return undefined
})

/** What is asked for; answers with what there is to say of it. */
function actOf(command: string | undefined, subject: string | undefined) {
  if (command === undefined) return listJobs
  if (subject === undefined) return undefined
  if (command === 'retry') return (desk: JobDesk) => retryJob(desk, subject)
  if (command === 'run') return (desk: JobDesk) => runJob(desk, subject)
  return undefined
}

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

async function runJob(desk: JobDesk, queue: string): Promise<string> {
  switch (await desk.run(queue)) {
    case 'sent':
      return `A job of ${queue} runs as soon as ARV does.`
    case 'waits already':
      return `A job of ${queue} waits already.`
    case 'unknown':
      throw new StartUpError(`No recurring job is called ${queue}. "jobs" shows the queues that there are.`)
  }
}

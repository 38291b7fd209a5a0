import { buffer } from 'node:stream/consumers'
import { companies, type Database, type Tenant, type WriteTx } from '@arv/database'
import type { JobPayload, JobRun, JobSender, MarkerOutcome } from '@arv/jobs'
import { compileMarker } from '@arv/marker-compiler'
import type { Logger } from 'pino'
import { type Asset, findAssets, findMarker, type MarkerKey } from '../assets/assets.repository.ts'
import type { MediaObserver } from '../media-observer.ts'
import { findConnection } from '../storage-connections/storage-connections.repository.ts'
import type { Storages } from '../storages/storages.ts'
import { completed, failed } from './marker-outcomes.ts'
import { storeMarker } from './store-marker.ts'

export interface CompileMarkerDeps {
  readonly database: Database
  readonly storages: Storages
  readonly jobs: JobSender
  readonly logger: Logger
  readonly observer: MediaObserver
  /** Aborted when the subgraph closes: the child is killed, and the job is given back. */
  readonly closing: AbortSignal
}

type Payload = JobPayload<'marker.compile'>

/** Longer than a process takes to stop: it must not be given its own job. */
const GIVEN_BACK_AFTER_SECONDS = 10

/** One run of one job, and how it answers. */
interface Task {
  readonly payload: Payload
  readonly key: MarkerKey
  readonly tenant: Tenant
  /** Which run of the request this is, from 1. */
  readonly attempt: number
  /** Sends `marker.report` in the transaction given. */
  readonly report: (tx: WriteTx, outcome: MarkerOutcome) => Promise<void>
}

/**
 * The job `marker.compile`: compiles the image of a content or a portrait and answers with `marker.report`. It may run
 * any number of times for one request, in several processes at once: the first marker that is stored is the request's.
 *
 * @throws what made it fail, unless pg-boss would not run it again: then it reports FAILED
 */
export async function compileMarkerJob(
  deps: CompileMarkerDeps,
  payload: Payload,
  run: JobRun,
): Promise<void> {
  const task = taskOf(deps.jobs, payload, run)
  const signal = AbortSignal.any([run.signal, deps.closing])
  try {
    await runTask(deps, task, run, signal)
  } catch (error) {
    if (deps.closing.aborted && !run.signal.aborted) return giveBack(deps, task)
    // Whoever took the lease away, or starts after this process, tries again.
    if (signal.aborted || !run.isLastAttempt) throw error
    deps.logger.error({ err: error, payload }, 'A marker could not be compiled')
    await answer(deps.database, task, failed('INTERNAL'))
  }
}

async function runTask(deps: CompileMarkerDeps, task: Task, run: JobRun, signal: AbortSignal): Promise<void> {
  const { database, logger } = deps
  const { payload, tenant, key } = task
  signal.throwIfAborted()
  const { stored, image } = await database.read(tenant, async (tx) => ({
    stored: await findMarker(tx, payload.companyId, key),
    image: (await findAssets(tx, tenant, [payload.imageId])).find(({ kind }) => kind === 'IMAGE'),
  }))
  if (stored) return answer(database, task, completed(stored))
  if (!image) {
    logger.error({ payload }, 'A marker was asked for of an image that is not there')
    return answer(database, task, failed('INTERNAL'))
  }

  await answer(database, task, { status: 'PROCESSING' })
  const bytes = await readImage(deps, tenant, image)
  const began = performance.now()
  const result = await compileMarker({ bytes }, { signal })
  signal.throwIfAborted()
  const outcome = result.kind === 'compiled' ? 'compiled' : result.code
  deps.observer.markerCompiled(outcome, (performance.now() - began) / 1000)
  switch (result.kind) {
    case 'compiled':
      return storeMarker(deps, { tenant, image, key, report: task.report }, result)
    case 'rejected':
      return answer(database, task, failed(result.code, result))
    case 'failed':
      logger.warn({ code: result.code, detail: result.detail, payload }, 'A marker was not compiled')
      if (!run.isLastAttempt) throw new Error(result.message)
      return answer(database, task, failed(result.code))
  }
}

function taskOf(jobs: JobSender, payload: Payload, run: JobRun): Task {
  const { companyId, subject, generation, earlierRuns = 0 } = payload
  const attempt = earlierRuns + run.attempt
  return {
    payload,
    attempt,
    key: { subjectType: subject.type, subjectId: subject.id, generation },
    tenant: companies([companyId], { kind: 'job', name: 'marker.compile' }),
    report: (tx, outcome) =>
      jobs.send(tx, 'marker.report', { companyId, subject, generation, attempt, outcome }),
  }
}

/** A process that stops is no reason for a marker to fail: the request has all its runs before it again. */
async function giveBack(
  { database, jobs }: CompileMarkerDeps,
  { tenant, payload, attempt }: Task,
): Promise<void> {
  await database.write(tenant, (tx) =>
    jobs.send(
      tx,
      'marker.compile',
      { ...payload, earlierRuns: attempt },
      { startAfterSeconds: GIVEN_BACK_AFTER_SECONDS },
    ),
  )
}

async function answer(database: Database, { tenant, report }: Task, outcome: MarkerOutcome): Promise<void> {
  await database.write(tenant, (tx) => report(tx, outcome))
}

async function readImage(
  { database, storages }: CompileMarkerDeps,
  tenant: Tenant,
  image: Asset,
): Promise<Buffer> {
  const connection = await database.read(tenant, (tx) => findConnection(tx, image.storageConnectionId))
  const { stream } = await storages.driverFor(connection).read(image.path)
  return buffer(stream)
}

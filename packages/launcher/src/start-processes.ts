import type { Logger } from 'pino'
import type { Administrator } from './administrator.ts'
import { assembleSubgraphs, type AssemblyParts } from './assemble-subgraphs.ts'
import { type Closing, createClosing } from './closing.ts'
import { databaseFailure } from './database-failure.ts'
import { keepProgram } from './keep-program.ts'
import { openDatabase } from './open-database.ts'
import { claimPort, freePorts } from './ports.ts'
import { type ProgramProcess, startProgram } from './program-process.ts'
import { type Programs, programsOf, SUBGRAPH_PROCESS_COUNT } from './programs.ts'
import { restartOnChange } from './restart-on-change.ts'
import { openSecrets } from './secret-store.ts'
import { setUpPlatform } from './set-up-platform.ts'
import type { Settings } from './settings.ts'
import type { RunningArv } from './start-arv.ts'

/** ARV as processes: like `RunningArv`, and which process is which. */
export interface RunningProcesses extends RunningArv {
  /** Process ids by name: `gateway`, `media`, `media-worker` and so on. */
  readonly pids: Readonly<Record<string, number>>
}

export interface ProcessOptions {
  /**
   * Restarts processes when their sources change, and when they end by themselves; a broken one is waited for. Is
   * told of it in plain lines.
   */
  readonly watch?: (line: string) => void
}

const SUBGRAPHS_STOP_MS = 9_000
const GATEWAY_STOP_MS = 9_000

/**
 * Starts ARV as many processes: PostgreSQL unless another is given, the subgraphs, their workers, and the gateway.
 *
 * @throws StartUpError, LocalPostgresError or NewerSchemaError, with a sentence for the person who started it
 */
export async function startProcesses(
  settings: Settings,
  logger: Logger,
  options: ProcessOptions = {},
): Promise<RunningProcesses> {
  const closing = createClosing(logger)
  try {
    return await start(settings, logger, closing, options.watch)
  } catch (error) {
    await closing.closeAll()
    throw error
  }
}

async function start(
  settings: Settings,
  logger: Logger,
  closing: Closing,
  watch: ProcessOptions['watch'],
): Promise<RunningProcesses> {
  const gatewayPort = await claimPort(settings.port, settings.host)
  const publicUrl = settings.publicUrl ?? `http://localhost:${gatewayPort}`
  const secrets = await openSecrets(settings.dataDir, settings.secrets)
  const database = await openDatabase(settings, secrets, logger)
  closing.add(() => database.stop())
  const { urls } = database
  const administrator = await setUp({ settings, secrets, urls, publicUrl, logger })

  const ports = await freePorts(SUBGRAPH_PROCESS_COUNT)
  const programs = programsOf({ settings, secrets, urls, publicUrl, gatewayPort, ports })
  const { running, failed } = watch
    ? await keepPrograms(programs, closing, watch)
    : await startPrograms(programs, closing)
  return {
    url: `http://127.0.0.1:${gatewayPort}`,
    publicUrl,
    lanUrls: [],
    administrator,
    database,
    get pids() {
      return Object.fromEntries(running.map(({ name, pid }) => [name, pid]))
    },
    failed: failed ?? databaseFailure(database, closing),
    close: () => closing.closeAll(),
  }
}

/** With subgraphs of our own for the moment: the processes that will serve need not run yet. */
async function setUp(parts: Omit<AssemblyParts, 'closing' | 'works'>): Promise<Administrator> {
  const closing = createClosing(parts.logger)
  try {
    return await setUpPlatform(await assembleSubgraphs({ ...parts, closing, works: false }), parts.settings)
  } finally {
    await closing.closeAll()
  }
}

interface Processes {
  readonly running: readonly Pick<ProgramProcess, 'name' | 'pid'>[]
  /** Resolves with the reason when they can't go on; undefined when they always can. */
  readonly failed?: Promise<string>
}

async function startPrograms(programs: Programs, closing: Closing): Promise<Processes> {
  const subgraphs = programs.subgraphs.map(startProgram)
  closing.add(() => Promise.all(subgraphs.map((each) => each.stop(SUBGRAPHS_STOP_MS))))
  await Promise.all(subgraphs.map((each) => each.ready()))
  const gateway = startProgram(programs.gateway)
  closing.add(() => gateway.stop(GATEWAY_STOP_MS))
  await gateway.ready()
  const running = [gateway, ...subgraphs]
  return { running, failed: failureOf(running, closing) }
}

async function keepPrograms(
  programs: Programs,
  closing: Closing,
  say: (line: string) => void,
): Promise<Processes> {
  const subgraphs = programs.subgraphs.map((program) => keepProgram(program, say))
  closing.add(() => Promise.all(subgraphs.map((each) => each.stop(SUBGRAPHS_STOP_MS))))
  const gateway = keepProgram(programs.gateway, say)
  closing.add(() => gateway.stop(GATEWAY_STOP_MS))
  const running = [gateway, ...subgraphs]
  closing.add(restartOnChange(running, say))
  await Promise.all(running.map((each) => each.ready()))
  return { running }
}

/** A process that ended on its own is not started again: in production that is the orchestrator's work. */
async function failureOf(processes: readonly ProgramProcess[], closing: Closing): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  let ending = false
  closing.add(() => (ending = true))
  for (const { name, ended } of processes) {
    void ended.then((how) => {
      if (!ending) resolve(`${name} ended with ${how}, which ARV had not asked for.`)
    })
  }
  return promise
}

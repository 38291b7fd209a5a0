export type LocalPostgresFailure =
  | 'ALREADY_RUNNING'
  | 'BINARIES_MISSING'
  | 'FOLDER_UNUSABLE'
  | 'INITIALISATION_FAILED'
  | 'PORT_IN_USE'
  | 'START_FAILED'
  | 'SYSTEM_USER_MISSING'

/** Why the local PostgreSQL can't run; the message is one sentence for the person who started it. */
export class LocalPostgresError extends Error {
  readonly code: LocalPostgresFailure

  constructor(code: LocalPostgresFailure, message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'LocalPostgresError'
    this.code = code
  }
}

const FOLDER_PROBLEMS: Record<string, string> = {
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'a part of the path is a file',
  EEXIST: 'a file is in its place',
  ENOSPC: 'the disk is full',
}

/**
 * Runs what works on files under `folder`.
 *
 * @throws LocalPostgresError FOLDER_UNUSABLE in place of the system errors that speak of the folder
 */
export async function inFolder<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    const problem = FOLDER_PROBLEMS[code]
    if (problem === undefined) throw error
    throw new LocalPostgresError('FOLDER_UNUSABLE', `The folder ${folder} can't be used: ${problem}.`, error)
  }
}

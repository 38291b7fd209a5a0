import { join } from 'node:path'
import { findLocalPostgres } from '@arv/local-postgres'
import { pino } from 'pino'
import { type OpenServer, openServer } from './open-database.ts'
import type { Settings } from './settings.ts'
import { StartUpError } from './start-up-error.ts'

/**
 * The database's server as it is: that of DATABASE_URL, or our own, which runs while ARV does and is started for the
 * moment when it doesn't.
 *
 * @throws StartUpError when ARV has never run with this data folder
 */
export async function findServer(settings: Pick<Settings, 'dataDir' | 'databaseUrl'>): Promise<OpenServer> {
  if (settings.databaseUrl !== undefined) return openServer(settings, silent)
  const found = await findLocalPostgres(join(settings.dataDir, 'postgres'))
  switch (found.kind) {
    case 'running':
      return { ownerUrl: found.ownerUrl, server: undefined, stop: async () => undefined }
    case 'ended':
      return openServer(settings, silent)
    case 'none':
      throw new StartUpError(
        `ARV has never run with the data folder ${settings.dataDir}: start it, or set ARV_DATA_DIR or DATABASE_URL.`,
      )
  }
}

const silent = pino({ level: 'silent' })

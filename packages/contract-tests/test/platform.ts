import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readSettings, startArv, startProcesses } from '@arv/launcher'
import { createTestDatabase } from '@arv/testkit'
import { pino } from 'pino'
import { type Client, connectClient } from './client.ts'

/** The two shapes that ARV runs in, started as `pnpm start` and `pnpm dev` start them. */
export const SHAPES = ['one process', 'many processes'] as const

export interface Platform {
  readonly url: string
  readonly publicUrl: string
  /** The database as the superuser: to seed, and to look from outside. */
  readonly ownerUrl: string
  readonly administrator: { readonly email: string; readonly password: string }
  /** Somebody who sends the clients' documents: with a token, or as a stranger. */
  client(accessToken?: string): Client
  close(): Promise<void>
}

interface PlatformOptions {
  /** As in production unless told otherwise, where strangers run nothing but registered operations. */
  readonly isProduction?: boolean
  /** Beside those that are always set. */
  readonly variables?: Readonly<Record<string, string>>
}

export async function startPlatform(
  shape: (typeof SHAPES)[number],
  { isProduction = true, variables = {} }: PlatformOptions = {},
): Promise<Platform> {
  const database = await createTestDatabase()
  const dataDir = await mkdtemp(join(tmpdir(), 'arv-flow-'))
  const administrator = { email: 'admin@arv.example', password: 'correct horse battery' }
  const settings = readSettings({
    HOST: '127.0.0.1',
    PORT: '0',
    ARV_DATA_DIR: dataDir,
    DATABASE_URL: database.ownerUrl,
    DATABASE_URL_TENANCY: database.urls.tenancy,
    DATABASE_URL_CONTENT: database.urls.content,
    DATABASE_URL_MEDIA: database.urls.media,
    DATABASE_URL_ANALYTICS: database.urls.analytics,
    DATABASE_URL_VIEWER: database.urls.viewer,
    DATABASE_URL_GATEWAY: database.urls.gateway,
    ARV_ADMIN_EMAIL: administrator.email,
    ARV_ADMIN_PASSWORD: administrator.password,
    ...variables,
  })
  const start = shape === 'one process' ? startArv : startProcesses
  const arv = await start({ ...settings, isProduction }, pino({ level: 'warn' }))
  const clients: Client[] = []
  return {
    url: arv.url,
    publicUrl: arv.publicUrl,
    ownerUrl: database.ownerUrl,
    administrator,
    client(accessToken) {
      const client = connectClient(arv.url, accessToken)
      clients.push(client)
      return client
    },
    async close() {
      await Promise.all(clients.map((client) => client.close()))
      await arv.close()
      await database.drop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

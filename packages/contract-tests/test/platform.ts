import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { readSettings, startArv, startProcesses } from '@arv/launcher'
import { createTestDatabase } from '@arv/testkit'
import { pino } from 'pino'
import { type Client, connectClient } from './client.ts'

/** The two shapes that ARV runs in, started as `pnpm start` and `pnpm dev` start them. */
export const SHAPES = ['one process', 'many processes'] as const

export type Shape = (typeof SHAPES)[number]

export interface Platform {
  readonly url: string
  readonly publicUrl: string
  /** The database as the superuser: to seed, and to look from outside. */
  readonly ownerUrl: string
  readonly administrator: { readonly email: string; readonly password: string }
  /** Where its local disk keeps files. */
  readonly filesFolder: string
  /** Somebody who sends the clients' documents: with a token, or as a stranger. */
  client(accessToken?: string): Client
  /** Ends it in good order and starts it again under the same address, where it is after `pauseMs` at the earliest. */
  restart(pauseMs: number): Promise<void>
  close(): Promise<void>
}

interface PlatformOptions {
  /** As in production unless told otherwise, where strangers run nothing but registered operations. */
  readonly isProduction?: boolean
  /** Beside those that are always set. */
  readonly variables?: Readonly<Record<string, string>>
}

export async function startPlatform(
  shape: Shape,
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
  const run = (port: number) => start({ ...settings, isProduction, port }, pino({ level: 'warn' }))
  let arv = await run(0)
  const { url, publicUrl } = arv
  const clients: Client[] = []
  return {
    url,
    publicUrl,
    ownerUrl: database.ownerUrl,
    administrator,
    filesFolder: join(dataDir, 'files'),
    client(accessToken) {
      const client = connectClient(url, accessToken)
      clients.push(client)
      return client
    },
    async restart(pauseMs) {
      await arv.close()
      await delay(pauseMs)
      arv = await run(Number(new URL(url).port))
    },
    async close() {
      await Promise.all(clients.map((client) => client.close()))
      await arv.close()
      await database.drop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

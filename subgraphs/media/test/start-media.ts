import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDatabase, type Database } from '@arv/database'
import {
  type Caller,
  createInternalTokenSigner,
  createInternalTokenVerifier,
  generateSigningKey,
  publicJwksOf,
  type Role,
  subgraphAudience,
} from '@arv/identity'
import { type Jobs, startJobs } from '@arv/jobs'
import { toGlobalId } from '@arv/relay'
import { createInProcessClient, createSubgraphHost, type Subgraph } from '@arv/subgraph'
import { createSeed, createTestDatabase, type Seed } from '@arv/testkit'
import { parse } from 'graphql'
import { pino } from 'pino'
import { createMediaSubgraph, MEDIA_LIMITS, type MediaLimits } from '../src/subgraph.ts'

export const PUBLIC_URL = 'https://arv.example'

/** A company, and somebody who works in it. */
export interface Member {
  readonly companyId: number
  readonly company: string
  readonly userId: number
  readonly caller: Caller
}

/** An answer as a client gets it; `Data` is what the test expects its operation to select. */
export interface Answer<Data = unknown> {
  readonly data?: Data | null
  readonly errors?: readonly { message: string; extensions?: { code?: string } }[]
}

export interface UploadVariables {
  readonly companyId: string
  readonly kind: 'IMAGE' | 'VIDEO' | 'CAPTIONS'
  readonly projectId?: string
  readonly folderId?: string
}

export interface Media {
  readonly seed: Seed
  readonly database: Database
  /** As the subgraph's login. */
  readonly databaseUrl: string
  readonly jobs: Jobs
  readonly subgraph: Subgraph
  /** Where files are kept. */
  readonly localRoot: string
  /** Where the subgraph's host listens, and what opens it. */
  readonly url: string
  tokenOf(caller: Caller): Promise<string>
  member(role?: Role, columns?: Parameters<Seed['company']>[0]): Promise<Member>
  run<Data = unknown>(
    caller: Caller,
    query: string,
    variables?: Record<string, unknown>,
  ): Promise<Answer<Data>>
  /** Over HTTP, as the gateway sends it on. */
  upload(caller: Caller, input: UploadVariables, bytes: Uint8Array, name?: string): Promise<UploadAnswer>
  /** Paths of all files that are kept or being received. */
  files(): Promise<string[]>
  /** Rows and bytes that a company's uploads left. */
  traces(
    companyId: number,
  ): Promise<{ assets: number; unsettled: number; reservations: number; used: number; reserved: number }>
  /** Statements sent so far. */
  statements(): number
  close(): Promise<void>
}

/** What `UPLOAD` selects of an asset. */
export interface UploadedAsset {
  readonly id: string
  readonly fileName: string
  readonly path: string
  readonly url: string
  readonly sizeBytes: number
  readonly width: number
  readonly height: number
  readonly durationSeconds: number | null
  readonly checksumSha256: string
  readonly thumbnail: { readonly path: string; readonly url: string; readonly sizeBytes: number }
}

export type UploadAnswer = Answer<{
  readonly uploadAsset: {
    readonly asset: UploadedAsset | null
    readonly userErrors: readonly { readonly code: string }[]
  }
}>

/** @throws Error with the answer when the upload was refused */
export function assetOf(answer: UploadAnswer): UploadedAsset {
  const asset = answer.data?.uploadAsset.asset
  if (!asset) throw new Error(`The upload was refused: ${JSON.stringify(answer)}`)
  return asset
}

const ASSET_FIELDS = `id kind status fileName path url mimeType sizeBytes width height durationSeconds checksumSha256
  thumbnail { id kind path url width height mimeType sizeBytes } folder { id name } createdAt`

export const UPLOAD = `mutation Upload($input: UploadAssetInput!) {
  uploadAsset(input: $input) { asset { ${ASSET_FIELDS} } userErrors { code field message } }
}`

/** The subgraph as production starts it, behind its host, with files in a folder of its own. */
export async function startMedia(limits: Partial<MediaLimits> = {}): Promise<Media> {
  const testDatabase = await createTestDatabase()
  const seed = createSeed(testDatabase.ownerUrl)
  const localRoot = await mkdtemp(join(tmpdir(), 'arv-media-'))
  let statements = 0
  const database = createDatabase({
    subgraph: 'media',
    url: testDatabase.urls.media,
    viewerUrl: testDatabase.urls.viewer,
    // A busy machine may take its time with fifty at once: who waits too long is refused elsewhere (busy.test.ts).
    pool: { observe: () => (statements += 1), connectionTimeoutMs: 20_000 },
  })
  const logger = pino({ level: process.env['TEST_LOG_LEVEL'] ?? 'silent' })
  const onError = () => {}
  const jobs = await startJobs({ url: testDatabase.urls.media, subgraph: 'media', mode: 'send', onError })
  const subgraph = createMediaSubgraph({
    database,
    jobs,
    logger,
    storage: { localRoot },
    urlSigningKey: 'a key for tests, thirty-two or more',
    publicUrl: PUBLIC_URL,
    limits,
  })
  const client = createInProcessClient(subgraph, { logger })
  const privateJwk = generateSigningKey()
  const signer = createInternalTokenSigner({ privateJwk })
  const tokens = createInternalTokenVerifier({
    publicJwks: publicJwksOf(privateJwk),
    audience: subgraphAudience('media'),
  })
  const maxFileSize = { ...MEDIA_LIMITS, ...limits }.maxVideoBytes
  const uploadLimits = { maxFileSize, maxFiles: 2, maxFieldSize: 100_000 }
  const host = createSubgraphHost(subgraph, { tokens, logger, uploadLimits })
  const url = await host.listen({ port: 0, host: '127.0.0.1' })
  const tokenOf = ({ principal }: Caller) => signer.sign(subgraphAudience('media'), { principal })

  return {
    seed,
    database,
    databaseUrl: testDatabase.urls.media,
    jobs,
    subgraph,
    localRoot,
    url,
    tokenOf,
    async member(role = 'EDITOR', columns) {
      const company = await seed.company(columns)
      const user = await seed.user()
      await seed.membership(company.id, user.id, role)
      const caller = callerOf(user.id, [{ companyId: company.id, role }])
      return { companyId: company.id, company: toGlobalId('Company', company.id), userId: user.id, caller }
    },
    async run(caller, query, variables = {}) {
      const result = await client.execute({ document: parse(query), query, variables, caller })
      return JSON.parse(JSON.stringify(result))
    },
    async upload(caller, input, bytes, name = 'photo.jpg') {
      const form = new FormData()
      form.set(
        'operations',
        JSON.stringify({ query: UPLOAD, variables: { input: { ...input, file: null } } }),
      )
      form.set('map', JSON.stringify({ file: ['variables.input.file'] }))
      form.set('file', new Blob([new Uint8Array(bytes)]), name)
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { authorization: `Bearer ${await tokenOf(caller)}` },
        body: form,
      })
      return JSON.parse(await response.text())
    },
    async files() {
      const entries = await readdir(localRoot, { recursive: true, withFileTypes: true })
      return entries
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(localRoot.length + 1))
        .toSorted()
    },
    async traces(companyId) {
      const [row] = await seed.sql<[Awaited<ReturnType<Media['traces']>>]>`
        select used_bytes::int as used, reserved_bytes::int as reserved,
          (select count(*)::int from media.assets a where a.company_id = u.company_id) as assets,
          (select count(*)::int from media.unsettled_files f where f.company_id = u.company_id) as unsettled,
          (select count(*)::int from media.storage_reservations r where r.company_id = u.company_id) as reservations
        from media.storage_usage u where company_id = ${companyId}`
      return row
    },
    statements: () => statements,
    async close() {
      await host.close()
      await subgraph.close()
      await jobs.close()
      await database.close()
      await seed.close()
      await testDatabase.drop()
      await rm(localRoot, { recursive: true, force: true })
    },
  }
}

export function callerOf(
  userId: number,
  memberships: readonly { companyId: number; role: Role }[],
  isPlatformAdmin = false,
): Caller {
  return {
    requestId: 'test',
    principal: { kind: 'user', userId, isPlatformAdmin, memberships },
    client: { ipAddress: null, userAgent: null },
  }
}

export const NOBODY: Caller = {
  requestId: 'test',
  principal: { kind: 'anonymous' },
  client: { ipAddress: null, userAgent: null },
}

/** What is left of a company that uploaded nothing. */
export const NO_TRACES = { assets: 0, unsettled: 0, reservations: 0, used: 0, reserved: 0 }

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestDatabase, type TestDatabase } from '@arv/testkit'
import { type CollectedSpan, startTraceCollector, type TraceCollector } from '@arv/testkit/trace-collector'
import { pino } from 'pino'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { readSettings, type RunningArv, startArv, startProcesses } from '../src/index.ts'

const EMAIL = 'watched@arv.example'
const PASSWORD = 'a password for tests'
const METRICS_TOKEN = 'a-token-for-the-scraper'
const BATCH_MS = '200'
const COMPANIES = `query Companies { companies(first: 1) { edges { node { name storageUsedBytes } } } }`
const SIGN_IN = `mutation SignIn($email: EmailAddress!, $password: String!) {
  signIn(input: { email: $email, password: $password }) { session { accessToken } userErrors { message } } }`

describe.each([
  ['one process', startArv, 'arv'],
  ['many processes', startProcesses, 'arv-gateway'],
])('%s', (_shape, start, gateway) => {
  let database: TestDatabase
  let folder: string
  let collector: TraceCollector
  let arv: RunningArv
  let token: string

  beforeAll(async () => {
    // Where there is one process, it is this one.
    vi.stubEnv('OTEL_BSP_SCHEDULE_DELAY', BATCH_MS)
    database = await createTestDatabase()
    folder = await mkdtemp(join(tmpdir(), 'arv-watch-'))
    collector = await startTraceCollector()
    const settings = readSettings({
      PORT: '0',
      LOG_LEVEL: 'silent',
      ARV_DATA_DIR: folder,
      ARV_ADMIN_EMAIL: EMAIL,
      ARV_ADMIN_PASSWORD: PASSWORD,
      ARV_METRICS_TOKEN: METRICS_TOKEN,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
      OTEL_BSP_SCHEDULE_DELAY: BATCH_MS,
      DATABASE_URL: database.ownerUrl,
      DATABASE_URL_TENANCY: database.urls.tenancy,
      DATABASE_URL_CONTENT: database.urls.content,
      DATABASE_URL_MEDIA: database.urls.media,
      DATABASE_URL_ANALYTICS: database.urls.analytics,
      DATABASE_URL_VIEWER: database.urls.viewer,
    })
    arv = await start(settings, pino({ level: 'silent' }))
    const answer = await ask(SIGN_IN, { email: EMAIL, password: PASSWORD })
    token = /"accessToken":"([^"]+)"/.exec(answer)?.[1] ?? ''
  })
  afterAll(async () => {
    await arv.close()
    await collector.close()
    await rm(folder, { recursive: true })
    await database.drop()
    vi.unstubAllEnvs()
  })

  async function ask(query: string, variables: object = {}, headers: object = {}): Promise<string> {
    const response = await fetch(`${arv.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query, variables }),
    })
    return response.text()
  }

  const askCompanies = (headers: object = {}) =>
    ask(COMPANIES, {}, { authorization: `Bearer ${token}`, ...headers })

  test('a query is one trace, from the request through two subgraphs to their SQL', async () => {
    expect(await askCompanies()).toContain('"storageUsedBytes":')
    // A request's span ends last in its process, and each process sends its own.
    const served = gateway === 'arv' ? ['arv'] : ['arv-gateway', 'arv-tenancy', 'arv-media']
    const isComplete = (trace: Trace) =>
      served.every((service) =>
        trace.some((span) => span.service === service && span.name === 'POST /graphql'),
      )
    const trace = await traceOf(collector, 'query Companies', isComplete)

    const request = one(trace, 'POST /graphql', gateway)
    const operation = one(trace, 'query Companies', gateway)
    expect(request.parentSpanId).toBe('')
    expect(operation.parentSpanId).toBe(request.spanId)
    expect(one(trace, 'plan', gateway).parentSpanId).toBe(operation.spanId)
    for (const subgraph of ['tenancy', 'media']) {
      const call = one(trace, `${subgraph} query`, gateway)
      expect(call.parentSpanId).toBe(operation.spanId)
      const host = trace.find(
        ({ service, name }) => service === `arv-${subgraph}` && name === 'POST /graphql',
      )
      expect(host?.parentSpanId).toBe(gateway === 'arv' ? undefined : call.spanId)
      const statements = trace.filter(({ name }) => name.startsWith(`select ${subgraph}.`))
      const ancestors = statements.map((statement) => ancestorsOf(trace, statement))
      expect(ancestors.every((ids) => ids.includes(request.spanId))).toBe(true)
      expect(ancestors.some((ids) => ids.includes(call.spanId))).toBe(true)
    }
  })

  test('a mutation’s trace holds neither parameters nor what the client wrote', async () => {
    await traceOf(collector, 'mutation SignIn', (trace) => trace.some(({ name }) => name === 'POST /graphql'))
    const sent = collector.bodies.join('\n')
    for (const secret of [EMAIL, PASSWORD, token, '127.0.0.1', 'undici', METRICS_TOKEN]) {
      expect(sent).not.toContain(secret)
    }
  })

  test('a job’s run is a trace of its own, linked to the mutation that sent it', async () => {
    const name = 'mutation CreateCompany'
    const query = `${name} { createCompany(input: { name: "Acme" }) { userErrors { message } } }`
    expect(await ask(query, {}, { authorization: `Bearer ${token}` })).toContain('"userErrors":[]')
    const run = 'job storage.register-company'
    const job = (await traceOf(collector, run, () => true)).find((span) => span.name === run)
    expect(job?.parentSpanId).toBe('')
    await traceOf(collector, name, (trace) => trace.some(({ spanId }) => spanId === job?.links[0]))
  })

  test('a stranger’s traceparent begins no trace of ours', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
    const before = tracesOf(collector, 'query Companies').length
    await askCompanies({ traceparent: `00-${traceId}-00f067aa0ba902b7-01` })
    await expect
      .poll(() => tracesOf(collector, 'query Companies').length, { timeout: 5_000 })
      .toBe(before + 1)
    expect(collector.spans.map((span) => span.traceId)).not.toContain(traceId)
  })

  test('/metrics has numbers for who has the token, and says nothing to others', async () => {
    const hidden = await fetch(`${arv.url}/metrics`)
    expect([hidden.status, hidden.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
    expect(await hidden.text()).toBe('A token is needed here.\n')

    await ask('{ nothing }')
    const answer = await fetch(`${arv.url}/metrics`, {
      headers: { authorization: `Bearer ${METRICS_TOKEN}` },
    })
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
    const text = await answer.text()
    const inGateway = [
      /^arv_http_request_duration_seconds_count\{method="POST",route="\/graphql",status="200"\} [1-9]/m,
      /^arv_graphql_operation_duration_seconds_count\{operation="Companies",type="query",outcome="ok"\} [1-9]/m,
      /^arv_graphql_operation_duration_seconds_count\{operation="invalid",type="none",outcome="failed"\} 1$/m,
      /^arv_graphql_errors_total\{code="GRAPHQL_VALIDATION_FAILED"\} 1$/m,
      /^arv_subgraph_call_duration_seconds_count\{subgraph="media",kind="query",outcome="ok"\} [1-9]/m,
      /^arv_websocket_connections 0$/m,
      /^nodejs_eventloop_lag_p99_seconds \d/m,
      /^process_resident_memory_bytes \d{7}/m,
      /^nodejs_gc_duration_seconds_count\{kind="/m,
    ]
    const inSubgraphs = [
      /^arv_database_transaction_duration_seconds_count\{pool="tenancy",mode="read",outcome="ok"\} [1-9]/m,
      /^arv_database_pool_size\{pool="media"\} 10$/m,
      /^arv_database_pool_in_use\{pool="tenancy"\} \d$/m,
      /^arv_jobs\{queue="marker.compile",state="failed"\} 0$/m,
      /^arv_job_oldest_age_seconds\{queue="marker.report",state="waiting"\} 0$/m,
      /^arv_events_waiting 0$/m,
    ]
    for (const line of gateway === 'arv' ? [...inGateway, ...inSubgraphs] : inGateway)
      expect(text).toMatch(line)
  })

  test('/readyz names what is not ready: here, that the schema is newer than the code', async () => {
    const readiness = async () => {
      const answer = await fetch(`${arv.url}/readyz`)
      return { code: answer.status, body: await answer.json() }
    }
    const sql = postgres(database.ownerUrl, { max: 1 })
    try {
      expect(await readiness()).toMatchObject({ code: 200, body: { status: 'ready' } })
      await sql`insert into migrations.applied (name, timestamp) values ('9999_future', '')`
      expect(await readiness()).toEqual({
        code: 503,
        body: {
          status: 'not ready',
          parts:
            gateway === 'arv'
              ? {
                  tenancy: 'ready',
                  content: 'ready',
                  media: 'ready',
                  analytics: 'ready',
                  database: 'ready',
                  migrations: 'not ready',
                  workers: 'ready',
                }
              : {
                  tenancy: 'not ready: migrations',
                  content: 'not ready: migrations',
                  media: 'not ready: migrations',
                  analytics: 'not ready: migrations',
                },
        },
      })
    } finally {
      await sql`delete from migrations.applied where name = '9999_future'`
      await sql.end()
    }
  })
})

type Trace = readonly CollectedSpan[]

/** All traces that have a span of this name. */
function tracesOf({ spans }: TraceCollector, name: string): Trace[] {
  const ids = new Set(spans.filter((span) => span.name === name).map(({ traceId }) => traceId))
  return [...ids].map((id) => spans.filter(({ traceId }) => traceId === id))
}

/** The first such trace, once everything that is waited for has come: spans come when they end, from several processes. */
async function traceOf(
  collector: TraceCollector,
  name: string,
  isComplete: (trace: Trace) => boolean,
): Promise<Trace> {
  await expect.poll(() => tracesOf(collector, name).some(isComplete), { timeout: 10_000 }).toBe(true)
  return tracesOf(collector, name).find(isComplete) ?? []
}

function one(trace: Trace, name: string, service: string): CollectedSpan {
  const found = trace.filter((span) => span.name === name && span.service === service)
  if (found.length !== 1 || !found[0])
    throw new Error(`${found.length} spans "${name}" of ${service}, not one`)
  return found[0]
}

function ancestorsOf(trace: Trace, span: CollectedSpan): string[] {
  const parent = trace.find(({ spanId }) => spanId === span.parentSpanId)
  return parent ? [parent.spanId, ...ancestorsOf(trace, parent)] : []
}

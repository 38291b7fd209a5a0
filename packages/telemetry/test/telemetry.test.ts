import { startTraceCollector } from '@arv/testkit/trace-collector'
import { expect, test } from 'vitest'
import { createTelemetry } from '../src/index.ts'

const onError = () => undefined

test('two servers of one process keep their numbers apart, and share those of the process', async () => {
  const [first, second] = [
    await createTelemetry({ service: 'first', onError }),
    await createTelemetry({ service: 'second', onError }),
  ]
  first.instruments.error(1, 'FORBIDDEN')
  expect((await first.metrics()).text).toContain('arv_graphql_errors_total{code="FORBIDDEN"} 1')
  const { text } = await second.metrics()
  expect(text).not.toContain('FORBIDDEN')
  expect(text).toMatch(/^nodejs_eventloop_lag_seconds /m)
})

test('a number that can’t be read leaves a gap, and is told', async () => {
  const told: unknown[] = []
  const telemetry = await createTelemetry({ service: 'x', onError: (error) => told.push(error) })
  const away = new Error('the database is away')
  telemetry.watchQueues(() => Promise.reject(away))
  telemetry.instruments.eventLag(0.2)
  const { text } = await telemetry.metrics()
  expect(text).toContain('arv_event_delivery_lag_seconds_count 1')
  expect(text).not.toContain('arv_jobs{')
  expect(told).toEqual([away, away])
})

test('a pool counts who waits, who works, and who gave up', async () => {
  const telemetry = await createTelemetry({ service: 'x', onError })
  const pool = telemetry.database('content', 2)
  const numbers = async () => {
    const { text } = await telemetry.metrics()
    return ['waiting', 'in_use'].map(
      (use) => new RegExp(`^arv_database_pool_${use}\\{pool="content"\\} (\\d+)$`, 'm').exec(text)?.[1],
    )
  }
  const gate = Promise.withResolvers<void>()
  let connect: () => void = () => undefined
  const running = pool.transaction('read', async (connected) => {
    connect = connected
    await gate.promise
  })
  expect(await numbers()).toEqual(['1', '0'])
  connect()
  expect(await numbers()).toEqual(['0', '1'])
  gate.resolve()
  await running

  let tooLate: () => void = () => undefined
  const givenUp = pool.transaction('write', async (connected) => {
    tooLate = connected
    throw new Error('no connection in time')
  })
  await expect(givenUp).rejects.toThrow('no connection in time')
  tooLate()
  expect(await numbers()).toEqual(['0', '0'])
})

test('a span that fails is sent with the error’s name and nothing of its message', async () => {
  const collector = await startTraceCollector()
  try {
    const telemetry = await createTelemetry({ service: 'x', otlpEndpoint: `${collector.endpoint}/`, onError })
    const failing = telemetry.tracing.span('work', {}, () =>
      Promise.reject(new TypeError('of ada@acme.example')),
    )
    await expect(failing).rejects.toThrow('of ada@acme.example')
    await telemetry.close()
    expect(collector.spans).toMatchObject([
      { name: 'work', failed: true, attributes: { 'error.type': 'TypeError' } },
    ])
    expect(collector.bodies.join()).not.toContain('ada@')
  } finally {
    await collector.close()
  }
})

test('a traceparent is continued, one that is none begins a trace of its own', async () => {
  const collector = await startTraceCollector()
  try {
    const telemetry = await createTelemetry({ service: 'x', otlpEndpoint: collector.endpoint, onError })
    const [traceId, spanId] = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7']
    for (const parent of [`00-${traceId}-${spanId}-01`, 'nonsense', `00-${'0'.repeat(32)}-${spanId}-01`]) {
      telemetry.tracing.open('work', { parent }).end()
    }
    await telemetry.close()
    const [continued, ...others] = collector.spans
    expect(continued).toMatchObject({ traceId, parentSpanId: spanId })
    expect(others.map(({ parentSpanId }) => parentSpanId)).toEqual(['', ''])
  } finally {
    await collector.close()
  }
})

test('a collector that is away keeps nobody', async () => {
  const telemetry = await createTelemetry({ service: 'x', otlpEndpoint: 'http://127.0.0.1:1', onError })
  telemetry.tracing.open('work').end()
  const began = Date.now()
  await telemetry.close()
  expect(Date.now() - began).toBeLessThan(3_000)
})

import { describe, expect, test } from 'vitest'
import { createResultQueue } from './result-queue.ts'

const result = (n: number) => ({ data: { n } })

function queueOf(max: number) {
  let closed = 0
  const queue = createResultQueue({ max, overflow: () => result(-1), closed: () => (closed += 1) })
  return { queue, closed: () => closed }
}

async function all(results: AsyncIterable<unknown>) {
  const list = []
  for await (const item of results) list.push(item)
  return list
}

describe('a queue of results', () => {
  test('gives what waits, then what comes', async () => {
    const { queue } = queueOf(2)
    queue.push(result(1))
    queue.push(result(2))
    expect(await queue.results.next()).toEqual({ done: false, value: result(1) })
    expect(await queue.results.next()).toEqual({ done: false, value: result(2) })
    const next = queue.results.next()
    queue.push(result(3))
    expect(await next).toEqual({ done: false, value: result(3) })
  })

  test('that ends still gives what waits', async () => {
    const { queue, closed } = queueOf(2)
    queue.push(result(1))
    queue.end()
    queue.push(result(2))
    expect(await all(queue.results)).toEqual([result(1)])
    expect(closed()).toBe(1)
  })

  test('whose reader is too slow ends with the overflow’s result', async () => {
    const { queue, closed } = queueOf(2)
    for (const n of [1, 2, 3, 4]) queue.push(result(n))
    expect(closed()).toBe(1)
    expect(await all(queue.results)).toEqual([result(1), result(2), result(3), result(-1)])
  })

  test('that is left wakes its reader and drops the rest', async () => {
    const { queue, closed } = queueOf(2)
    const waiting = queue.results.next()
    await queue.results.return?.()
    expect(await waiting).toEqual({ done: true, value: undefined })
    queue.push(result(1))
    expect(await queue.results.next()).toEqual({ done: true, value: undefined })
    expect(closed()).toBe(1)
  })
})

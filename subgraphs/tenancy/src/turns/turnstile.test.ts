import { expect, test } from 'vitest'
import { createTurnstile } from './turnstile.ts'

const settled = () => new Promise((resolve) => setImmediate(resolve))

test('a few tasks run at a time, the others wait, and what would wait too long is refused', async () => {
  const inTurn = createTurnstile({ atOnce: 2, waiting: 3 })
  const finish: (() => void)[] = []
  let running = 0
  let most = 0
  const task = (name: string) => async () => {
    running += 1
    most = Math.max(most, running)
    await new Promise<void>((resolve) => finish.push(resolve))
    running -= 1
    return name
  }
  const admitted = ['a', 'b', 'c', 'd', 'e'].map((name) => inTurn(task(name)))
  await expect(inTurn(task('f'))).rejects.toMatchObject({ extensions: { code: 'SERVICE_UNAVAILABLE' } })
  for (let round = 0; round < 5; round++) {
    await settled()
    finish.shift()?.()
  }
  expect(await Promise.all(admitted)).toEqual(['a', 'b', 'c', 'd', 'e'])
  expect(most).toBe(2)
})

test('one that fails makes room for the next', async () => {
  const inTurn = createTurnstile({ atOnce: 1, waiting: 1 })
  await expect(inTurn(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await inTurn(() => Promise.resolve('yes'))).toBe('yes')
})

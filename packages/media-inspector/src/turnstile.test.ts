import { expect, test } from 'vitest'
import { createTurnstile } from './turnstile.ts'

test('a turnstile lets so many through at once, in the order in which they came', async () => {
  const takeTurn = createTurnstile(2)
  const tasks = [0, 1, 2, 3].map(() => Promise.withResolvers<void>())
  const running: number[] = []
  const done = tasks.map((task, number) =>
    takeTurn(() => {
      running.push(number)
      return task.promise
    }),
  )
  await Promise.resolve()
  expect(running).toEqual([0, 1])
  tasks[1]?.resolve()
  await done[1]
  await Promise.resolve()
  expect(running).toEqual([0, 1, 2])
  tasks[0]?.reject(new Error('failed'))
  await expect(done[0]).rejects.toThrow('failed')
  expect(running).toEqual([0, 1, 2, 3])
  tasks[2]?.resolve()
  tasks[3]?.resolve()
  await Promise.all([done[2], done[3]])
})

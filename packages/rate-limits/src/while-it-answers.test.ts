import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { whileItAnswers } from './while-it-answers.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

function watched() {
  const told: string[] = []
  const ask = whileItAnswers({
    deadlineMs: 500,
    onAway: (error) => told.push(String(error)),
    onBack: () => told.push('back'),
  })
  return { ask, told }
}
const answer = () => Promise.resolve('yes')
const fail = () => Promise.reject(new Error('refused'))
const hang = () => new Promise<never>(() => undefined)

test('a question that is not answered in time fails', async () => {
  const { ask, told } = watched()
  const question = ask(hang)
  await Promise.all([expect(question).rejects.toThrow('no answer in time'), vi.advanceTimersByTimeAsync(500)])
  expect(told).toEqual(['Error: no answer in time'])
})

test('after a failure nothing is asked for five seconds', async () => {
  const { ask, told } = watched()
  await expect(ask(fail)).rejects.toThrow('refused')
  const question = vi.fn<typeof answer>(answer)
  await expect(ask(question)).rejects.toThrow('a moment ago')
  vi.advanceTimersByTime(4999)
  await expect(ask(question)).rejects.toThrow('a moment ago')
  expect(question).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1)
  expect(await ask(question)).toBe('yes')
  expect(await ask(question)).toBe('yes')
  expect(told).toEqual(['Error: refused', 'back'])
})

test('only one caller waits for whether it is back', async () => {
  const { ask } = watched()
  await expect(ask(fail)).rejects.toThrow('refused')
  vi.advanceTimersByTime(5000)
  const probe = ask(hang)
  await expect(ask(answer)).rejects.toThrow('a moment ago')
  await Promise.all([expect(probe).rejects.toThrow('no answer in time'), vi.advanceTimersByTimeAsync(500)])
})

test('it is told once a minute that it is away', async () => {
  const { ask, told } = watched()
  for (let second = 0; second < 120; second++) {
    await expect(ask(fail)).rejects.toThrow()
    vi.advanceTimersByTime(1000)
  }
  expect(told).toEqual(['Error: refused', 'Error: refused'])
})

import { expect, test } from 'vitest'
import { watchWorker } from './watched-worker.ts'

/** As browsers tell of a script that isn't there: without a message. */
const notLoaded = () => new Event('error', { cancelable: true })
const thrown = () => Object.assign(new Event('error', { cancelable: true }), { message: 'singular' })
const never = () => new Promise<string>(() => undefined)

test('what the worker answers is passed on', async () => {
  expect(await watchWorker(new EventTarget()).answer(Promise.resolve('found'))).toBe('found')
})

test('a worker that was not loaded before anybody asked fails at once', async () => {
  const worker = new EventTarget()
  const watched = watchWorker(worker)
  worker.dispatchEvent(notLoaded())
  await expect(watched.answer(never())).rejects.toThrow('does not start')
  await expect(watched.answer(never())).rejects.toThrow('does not start')
})

test('so does one that throws as it starts', async () => {
  const worker = new EventTarget()
  const watched = watchWorker(worker)
  worker.dispatchEvent(thrown())
  await expect(watched.answer(never())).rejects.toThrow('does not start')
})

test('a worker that turns out not to be there while somebody waits fails at once', async () => {
  const worker = new EventTarget()
  const answer = watchWorker(worker).answer(never())
  worker.dispatchEvent(notLoaded())
  await expect(answer).rejects.toThrow('does not start')
})

test('one that throws at a frame loses that frame, and fails when it throws at every one', async () => {
  const worker = new EventTarget()
  const watched = watchWorker(worker)
  const ask = () => {
    const answer = watched.answer(never())
    worker.dispatchEvent(thrown())
    return answer
  }
  for (let frame = 0; frame < 30; frame += 1) expect(await ask()).toBeNull()
  await expect(ask()).rejects.toThrow('at every frame')
})

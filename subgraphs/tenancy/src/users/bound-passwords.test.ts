import { expect, test } from 'vitest'
import { boundPasswords } from './bound-passwords.ts'

function slowPasswords() {
  let running = 0
  const seen = { most: 0 }
  const finish: (() => void)[] = []
  const run = async <T>(result: T): Promise<T> => {
    running += 1
    seen.most = Math.max(seen.most, running)
    await new Promise<void>((resolve) => finish.push(resolve))
    running -= 1
    return result
  }
  return { seen, finish, hash: () => run('hash'), verify: () => run(true) }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

test('a few are hashed at a time, the others wait, and what would wait too long is refused', async () => {
  const slow = slowPasswords()
  const passwords = boundPasswords(slow, { atOnce: 2, waiting: 3 })
  const admitted = [
    passwords.hash('a'),
    passwords.verify('b', 'x'),
    passwords.hash('c'),
    passwords.verify('d', 'x'),
    passwords.hash('e'),
  ]
  await expect(passwords.verify('f', 'x')).rejects.toMatchObject({
    extensions: { code: 'SERVICE_UNAVAILABLE' },
  })
  for (let round = 0; round < 5; round++) {
    await settled()
    slow.finish.shift()?.()
  }
  expect(await Promise.all(admitted)).toEqual(['hash', true, 'hash', true, 'hash'])
  expect(slow.seen.most).toBe(2)
})

test('one that fails makes room for the next', async () => {
  const broken = {
    hash: () => Promise.reject(new Error('no')),
    verify: () => Promise.resolve(true),
  }
  const passwords = boundPasswords(broken, { atOnce: 1, waiting: 1 })
  await expect(passwords.hash('a')).rejects.toThrow('no')
  expect(await passwords.verify('a', 'x')).toBe(true)
})

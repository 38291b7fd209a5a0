import { createServer } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadMarker } from '../src/camera/marker-file.ts'

const asked: string[] = []
const server = createServer(({ url = '' }, response) => {
  asked.push(url)
  response.end(url)
})
let origin = ''

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server listens nowhere')
  origin = `http://127.0.0.1:${address.port}`
})

afterAll(() => new Promise((resolve) => server.close(resolve)))

test('a marker is loaded once, and of many only the last two are kept', async () => {
  const load = async (path: string) => Buffer.from(await loadMarker(`${origin}${path}`)).toString()
  expect(await Promise.all([load('/a'), load('/a')])).toEqual(['/a', '/a'])
  await load('/b')
  await load('/a')
  expect(asked).toEqual(['/a', '/b'])
  await load('/c')
  await load('/b')
  await load('/c')
  expect(asked).toEqual(['/a', '/b', '/c'])
  await load('/a')
  expect(asked).toEqual(['/a', '/b', '/c', '/a'])
})

import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { json } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'

interface Outcome {
  readonly done: boolean
  readonly message: string
}

interface Page {
  tokenIn(hash: string): string | null
  askForLink(url: string, email: string): Promise<Outcome>
  setPassword(url: string, token: string, newPassword: string, repeated: string): Promise<Outcome>
}

let page: Page
/** Says what it is told to say. `packages/contract-tests` has the page's operations answered by a real one. */
let server: Server
let url: string
let data: unknown
const asked: unknown[] = []

beforeAll(async () => {
  page = await import(new URL('../pages/assets/password-reset.js', import.meta.url).href)
  server = createServer((request, response) => {
    void json(request).then((body) => {
      asked.push(body)
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ data }))
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no address')
  url = `http://127.0.0.1:${address.port}/graphql`
})
afterAll(() => server.close())

test('the token is what the link holds', () => {
  expect(page.tokenIn('#token=A-b_c')).toBe('A-b_c')
  expect(page.tokenIn('#other=1')).toBeNull()
  expect(page.tokenIn('')).toBeNull()
})

test('a link is asked for, and nothing tells whether somebody has the address', async () => {
  data = { requestPasswordReset: { userErrors: [] } }
  expect(await page.askForLink(url, 'ann@example.com')).toEqual({
    done: true,
    message: 'If somebody signs in with this address, a letter with a link is on its way to it.',
  })
  expect(asked.at(-1)).toMatchObject({ variables: { input: { email: 'ann@example.com' } } })
})

test('a password is set, unless the two are not the same', async () => {
  data = { resetPassword: { userErrors: [] } }
  const before = asked.length
  expect(await page.setPassword(url, 't', 'one password', 'another password')).toEqual({
    done: false,
    message: 'The two passwords are not the same.',
  })
  expect(asked).toHaveLength(before)
  expect(await page.setPassword(url, 't', 'one password', 'one password')).toEqual({
    done: true,
    message: 'Your new password is set, and every session has ended. Sign in with it.',
  })
})

test('what the server refuses is said in its words', async () => {
  data = { resetPassword: { userErrors: [{ code: 'INVALID', message: 'This link is not good.' }] } }
  expect(await page.setPassword(url, 't', 'one password', 'one password')).toEqual({
    done: false,
    message: 'This link is not good.',
  })
})

test('a server that can’t be reached may be asked again', async () => {
  const nowhere = 'http://127.0.0.1:1/graphql'
  expect(await page.askForLink(nowhere, 'ann@example.com')).toEqual({
    done: false,
    message: 'This did not work. Try again in a moment.',
  })
})

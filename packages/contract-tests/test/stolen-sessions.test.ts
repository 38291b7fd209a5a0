import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Data, textAt } from './client.ts'
import { type Platform, SHAPES, startPlatform } from './platform.ts'

/** The cache of principals lasts a second; the rest is a busy machine's. */
const SOON = { timeout: 5000, interval: 100 }

describe.for(SHAPES)('in %s', (shape) => {
  let platform: Platform

  beforeAll(async () => {
    platform = await startPlatform(shape)
  }, 120_000)
  afterAll(() => platform.close())

  async function signIn() {
    const data = await platform.client().send('SignIn', { input: platform.administrator })
    return session(data, 'signIn')
  }
  const refresh = (refreshToken: string) =>
    platform.client().send('RefreshSession', { input: { refreshToken } })

  test('of ten refreshes of one token at once one succeeds, and its session is over all the same', async () => {
    const { refreshToken, client } = await signIn()
    const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(refreshToken)))
    const successors = answers.filter(hasSession).map((answer) => session(answer, 'refreshSession'))
    expect(successors).toHaveLength(1)
    expect(answers.filter((answer) => !hasSession(answer))).toEqual(
      Array.from({ length: 9 }, () => ({
        refreshSession: {
          session: null,
          userErrors: [
            { code: 'INVALID', field: ['refreshToken'], message: 'This session has ended. Sign in again.' },
          ],
        },
      })),
    )
    await vi.waitFor(() => expect(client.send('Me')).rejects.toThrow('UNAUTHENTICATED'), SOON)
    for (const each of successors) {
      await vi.waitFor(() => expect(each.client.send('Me')).rejects.toThrow('UNAUTHENTICATED'), SOON)
      expect(hasSession(await refresh(each.refreshToken))).toBe(false)
    }
  })

  test('a spent refresh token that is used again ends its session, open sockets included, and no other', async () => {
    const [stolen, other] = [await signIn(), await signIn()]
    const companies = await stolen.client.send('Companies')
    const companyId = textAt(companies, 'companies', 'edges', '0', 'node', 'id')
    const next = session(await refresh(stolen.refreshToken), 'refreshSession')
    const ending = [stolen, next].map(({ client }) =>
      client
        .subscribe('RotationChanged', { companyId })
        .next()
        .catch((reason: unknown) => reason),
    )
    expect(await next.client.send('Me')).toMatchObject({ me: { isPlatformAdmin: true } })

    expect(hasSession(await refresh(stolen.refreshToken))).toBe(false)
    for (const { client } of [stolen, next]) {
      await vi.waitFor(() => expect(client.send('Me')).rejects.toThrow('UNAUTHENTICATED'), SOON)
    }
    expect(await Promise.all(ending)).toMatchObject([{ code: 4403 }, { code: 4403 }])
    expect(await other.client.send('Me')).toMatchObject({ me: { isPlatformAdmin: true } })
    expect(hasSession(await refresh(other.refreshToken))).toBe(true)
  })

  test('a refresh token opens nothing, and an access token renews nothing', async () => {
    const { accessToken, refreshToken } = await signIn()
    await expect(platform.client(refreshToken).send('Me')).rejects.toThrow('UNAUTHENTICATED')
    expect(hasSession(await refresh(accessToken))).toBe(false)
    expect(hasSession(await refresh(refreshToken))).toBe(true)
  })

  function session(data: Data, field: string) {
    const accessToken = textAt(data, field, 'session', 'accessToken')
    const refreshToken = textAt(data, field, 'session', 'refreshToken')
    return { accessToken, refreshToken, client: platform.client(accessToken) }
  }
})

function hasSession(answer: Data): boolean {
  return !JSON.stringify(answer).includes('"session":null')
}

import { inspect } from 'node:util'
import { type BotApi, startBotApi } from '@arv/testkit/bot-api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTelegram, type Telegram } from '../src/index.ts'

let botApi: BotApi
let telegram: Telegram
beforeAll(async () => {
  botApi = await startBotApi()
  telegram = createTelegram({ token: botApi.token, apiRoot: botApi.url, timeoutSeconds: 1 })
})
afterAll(() => botApi.stop())

test('a message comes to its chat as it was written', async () => {
  await telegram.send({ chatId: '-1001', text: 'Тема: <b>Grüße</b>\n1 & 2' })
  expect(botApi.messages).toEqual([{ chatId: '-1001', text: 'Тема: <b>Grüße</b>\n1 & 2' }])
})

test.each([
  ['a chat that has blocked the bot', { code: 403, description: 'Forbidden' }, { kind: 'blocked' }],
  [
    'a chat that nobody knows',
    { code: 400, description: 'Bad Request: chat not found' },
    { kind: 'rejected' },
  ],
  ['a server in trouble', { code: 502, description: 'Bad Gateway' }, { kind: 'unavailable' }],
  [
    'a chat that gets too much',
    { code: 429, description: 'Too Many Requests: retry after 17', parameters: { retry_after: 17 } },
    { kind: 'busy', retryAfterSeconds: 17 },
  ],
  [
    'a group that became a supergroup',
    { code: 400, description: 'Bad Request', parameters: { migrate_to_chat_id: -1002222333344 } },
    { kind: 'moved', chatId: '-1002222333344' },
  ],
  ['no answer', 'hang', { kind: 'unavailable' }],
] as const)('%s is told apart', async (_case, refusal, failure) => {
  botApi.refuse('7', refusal)
  await expect(telegram.send({ chatId: '7', text: 'x' })).rejects.toMatchObject({ failure })
})

test('neither a wrong token nor a server that is not there says what token it was', async () => {
  const token = '123:secret-of-the-bot'
  const wrong = createTelegram({ token, apiRoot: botApi.url })
  const nowhere = createTelegram({ token, apiRoot: 'http://127.0.0.1:1' })
  for (const one of [wrong, nowhere]) {
    const error: unknown = await one.send({ chatId: '7', text: 'x' }).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ failure: { kind: 'unavailable' } })
    expect(inspect(error, { depth: null })).not.toContain('secret-of-the-bot')
  }
})

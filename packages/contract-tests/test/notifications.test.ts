import { type BotApi, startBotApi } from '@arv/testkit/bot-api'
import { type MailServer, startMailServer } from '@arv/testkit/mail'
import { photoLike } from '@arv/testkit/photos'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Client, textAt } from './client.ts'
import { type Platform, SHAPES, startPlatform } from './platform.ts'

const CHAT = '-1001234567890'

/** From a refused upload through two subgraphs, a worker and two servers of others to the company's people. */
describe.for(SHAPES)('in %s', (shape) => {
  let mail: MailServer
  let botApi: BotApi
  let platform: Platform
  let admin: Client

  beforeAll(async () => {
    ;[mail, botApi] = await Promise.all([startMailServer(), startBotApi()])
    const variables = {
      SMTP_URL: mail.url,
      SMTP_FROM: 'ARV <noreply@arv.example>',
      TELEGRAM_BOT_TOKEN: botApi.token,
      TELEGRAM_API_ROOT: botApi.url,
      ARV_ADMIN_URL: 'https://admin.arv.example',
    }
    platform = await startPlatform(shape, { variables })
    const { email, password } = platform.administrator
    const session = await platform.client().send('SignIn', { input: { email, password } })
    admin = platform.client(textAt(session, 'signIn', 'session', 'accessToken'))
  }, 120_000)
  afterAll(async () => {
    await platform.close()
    await Promise.all([mail.stop(), botApi.stop()])
  })

  test('a company is told by e-mail and Telegram that its storage is full', async () => {
    const contact = { contactEmail: 'print@example.com', telegramChatId: CHAT, storageQuotaGb: 0 }
    const created = await admin.send('CreateCompany', { input: { name: 'Print & Co', ...contact } })
    const companyId = textAt(created, 'createCompany', 'company', 'id')
    const photo = { name: 'bride.jpg', bytes: await photoLike(7) }
    for (let times = 0; times < 2; times++) {
      expect(await admin.upload('UploadAsset', { companyId, kind: 'IMAGE' }, photo)).toMatchObject({
        uploadAsset: { asset: null, userErrors: [{ code: 'LIMIT_REACHED' }] },
      })
    }

    const sent = await vi.waitFor(
      async () => {
        const data = await admin.send('Notifications', { companyId, first: 10 })
        expect(data).toMatchObject({
          company: { notifications: { edges: [{ node: { emailSent: true, telegramSent: true } }] } },
        })
        return data
      },
      { timeout: 60_000, interval: 200 },
    )
    const subject = 'The storage of Print & Co is full'
    expect(sent).toMatchObject({
      company: {
        notifications: {
          edges: [
            {
              node: {
                company: { id: companyId },
                notificationType: 'QUOTA_REACHED',
                subject,
                project: null,
                content: null,
                emailError: null,
                telegramError: null,
                metadata: { percent: 100, quotaGb: 0, usedBytes: 0 },
              },
            },
          ],
        },
      },
    })
    expect(mail.letters).toMatchObject([{ to: ['print@example.com'], from: 'noreply@arv.example', subject }])
    expect(botApi.messages).toMatchObject([{ chatId: CHAT }])
    expect(botApi.messages[0]?.text).toContain('https://admin.arv.example')

    const id = textAt(sent, 'company', 'notifications', 'edges', '0', 'node', 'id')
    expect(await admin.send('ResendNotification', { input: { id } })).toMatchObject({
      resendNotification: { notification: null, userErrors: [{ code: 'LIMIT_REACHED', field: ['id'] }] },
    })
  }, 90_000)
})

import { type MailServer, startMailServer } from '@arv/testkit/mail'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createMailer, type Mailer } from '../src/index.ts'

const letter = { to: 'ada@example.com', subject: 'Тема: обновление', text: 'Grüße,\nARV' }

let server: MailServer
let mailer: Mailer
beforeEach(async () => {
  server = await startMailServer()
  mailer = createMailer({ url: server.url, from: 'ARV <noreply@arv.example>' })
})
afterEach(async () => {
  mailer.close()
  await server.stop()
})

describe('sending mail', () => {
  test('a letter arrives as it was written', async () => {
    await mailer.send({ ...letter, html: '<p>Grüße</p>', messageId: 'notification-7' })
    const [received] = await server.received(1)
    expect(received).toEqual({
      from: 'noreply@arv.example',
      to: ['ada@example.com'],
      subject: 'Тема: обновление',
      text: 'Grüße,\nARV\n',
      html: '<p>Grüße</p>\n',
      messageId: '<notification-7@arv.example>',
    })
  })

  test('a reply of 5xx is for good', async () => {
    server.refuse(550)
    await expect(mailer.send(letter)).rejects.toMatchObject({
      kind: 'rejected',
      message: 'The mail server refused the letter for good (550).',
    })
  })

  test('a reply of 4xx is for now, and the next letter goes through', async () => {
    server.refuse(451)
    await expect(mailer.send(letter)).rejects.toMatchObject({ kind: 'unavailable' })
    server.refuse(null)
    await mailer.send(letter)
    expect(server.letters).toHaveLength(1)
  })

  test('a server that is not there says so without naming it', async () => {
    await server.stop()
    await expect(mailer.send(letter)).rejects.toMatchObject({
      kind: 'unavailable',
      message: 'The mail server could not be reached.',
    })
  })

  test('an address that is none is refused for good', async () => {
    await expect(mailer.send({ ...letter, to: 'not an address' })).rejects.toMatchObject({ kind: 'rejected' })
  })

  test('a line break in a subject makes no header of its own', async () => {
    await mailer.send({ ...letter, subject: 'Hello\r\nBcc: eve@example.com' })
    const [received] = await server.received(1)
    expect(received?.to).toEqual(['ada@example.com'])
  })
})

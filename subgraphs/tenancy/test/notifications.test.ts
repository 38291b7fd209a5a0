import { createMailer, type Mailer } from '@arv/mail'
import { toGlobalId } from '@arv/relay'
import { createTelegram } from '@arv/telegram'
import { type BotApi, startBotApi } from '@arv/testkit/bot-api'
import { type MailServer, startMailServer } from '@arv/testkit/mail'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { asObject, asPage, member, startTenancy, type TenancyUnderTest } from './tenancy-under-test.ts'

const ADMIN_URL = 'https://admin.arv.example'
const CHANNELS = ['EMAIL', 'TELEGRAM'] as const

let mail: MailServer
let botApi: BotApi
let mailer: Mailer
let tenancy: TenancyUnderTest

beforeAll(async () => {
  ;[mail, botApi] = await Promise.all([startMailServer(), startBotApi()])
  mailer = createMailer({ url: mail.url, from: 'ARV <noreply@arv.example>' })
  const telegram = createTelegram({ token: botApi.token, apiRoot: botApi.url, timeoutSeconds: 1 })
  tenancy = await startTenancy({ channels: { mailer, telegram, adminUrl: ADMIN_URL } })
}, 60_000)
afterAll(async () => {
  await tenancy.stop()
  mailer.close()
  await Promise.all([mail.stop(), botApi.stop()])
})

/** The e-mail address and the chat of the test's company, which no other test has. */
let email: string
let chatId: string
let companyId: number
let companies = 0
beforeEach(async () => {
  companies++
  email = `contact-${companies}@example.com`
  chatId = `-100${companies}`
  const company = await tenancy.seed.company({
    name: `Print & Co ${companies}`,
    contact_email: email,
    telegram_chat_id: chatId,
    time_zone: zoneWhereItIs(12),
  })
  companyId = company.id
})

/** A time zone in which it is this hour now, or was within the last sixty minutes. */
function zoneWhereItIs(hour: number): string {
  const east = ((hour - new Date().getUTCHours() + 36) % 24) - 12
  return `Etc/GMT${east >= 0 ? '-' : '+'}${Math.abs(east)}`
}

interface Raised {
  readonly id: number
  readonly notification_type: string
  readonly subject: string
  readonly message: string
}

const raised = () => tenancy.seed.sql<Raised[]>`
  select id, notification_type, subject, message from tenancy.notifications
  where company_id = ${companyId} order by id`

/** Tells the company that its storage is full, on another day each time. */
let days = 0
const raise = async () => {
  const at = new Date(Date.UTC(2026, 0, 1 + days++)).toISOString()
  await tenancy.runJob('notification.raise', { type: 'QUOTA_REACHED', companyId, percent: 100, at })
  const notification = (await raised()).at(-1)
  if (!notification) throw new Error('nothing was raised')
  return notification.id
}

const deliver = (notificationId: number, channel: 'EMAIL' | 'TELEGRAM') =>
  tenancy.runJob('notification.deliver', { companyId, notificationId, channel })

const deliveryOf = async (notificationId: number, channel: 'EMAIL' | 'TELEGRAM') => {
  const [row] = await tenancy.seed.sql`
    select state, attempts, error, in_doubt as "inDoubt", sending_since is not null as "isBeingSent",
      round(extract(epoch from next_attempt_at - now()) / 10)::int * 10 as "waitsSeconds"
    from tenancy.notification_deliveries
    where company_id = ${companyId} and notification_id = ${notificationId} and channel = ${channel}`
  return row
}

const letters = () => mail.letters.filter(({ to }) => to.includes(email))
const messages = (chat = chatId) => botApi.messages.filter((message) => message.chatId === chat)

describe('what another subgraph wants told', () => {
  test('is raised once however often it is sent, and goes out by e-mail and Telegram', async () => {
    const projectId = await tenancy.seed.project(companyId)
    const image = await tenancy.seed.asset(companyId)
    const content = await tenancy.seed.content(companyId, projectId, image.id, { title: 'Poster' })
    const subject = { type: 'content', id: content.id } as const
    const notice = { type: 'MARKER_FAILED', companyId, subject, generation: 2, code: 'TOO_SMALL' } as const
    await Promise.all([1, 2, 3].map(() => tenancy.runJob('notification.raise', notice)))

    const [notification, ...others] = await raised()
    expect(others).toEqual([])
    const id = notification?.id ?? 0
    for (const channel of CHANNELS) await deliver(id, channel)
    const text =
      'A phone can’t recognise “Poster”, because no marker could be made of its image: it has too few pixels. Use a larger one.'
    expect(letters()).toMatchObject([
      {
        subject: 'No marker could be made of “Poster”',
        text: `${text}\n\n${ADMIN_URL}\n`,
        messageId: expect.stringMatching(new RegExp(`^<notification-${id}-\\d+@arv.example>$`)),
      },
    ])
    expect(messages()).toEqual([
      { chatId, text: `No marker could be made of “Poster”\n\n${text}\n\n${ADMIN_URL}` },
    ])
  })

  test('is raised again for another marker, and not at all for a content that is gone', async () => {
    const projectId = await tenancy.seed.project(companyId)
    const image = await tenancy.seed.asset(companyId)
    const content = await tenancy.seed.content(companyId, projectId, image.id)
    const report = (id: number, generation: number) =>
      tenancy.runJob('notification.raise', {
        type: 'MARKER_FAILED',
        companyId,
        subject: { type: 'content', id },
        generation,
        code: 'TIMED_OUT',
      })
    await report(content.id, 1)
    await report(content.id, 2)
    await report(999_999, 1)
    expect(await raised()).toHaveLength(2)
  })

  test('a storage that failed its test is told by its name', async () => {
    const [storage] = await tenancy.seed.sql<{ id: number }[]>`
      select storage_connection_id as id from tenancy.companies where id = ${companyId}`
    await tenancy.runJob('notification.raise', {
      type: 'STORAGE_TEST_FAILED',
      companyId,
      storageConnectionId: storage?.id ?? 0,
      at: '2026-05-01T10:00:00Z',
    })
    expect(await raised()).toMatchObject([
      { subject: expect.stringMatching(/^The storage “.+” failed its test$/) },
    ])
  })
})

describe('what ends', () => {
  const inDays = (count: number) => new Date(Date.now() + count * 86_400_000).toISOString()
  const runDue = () => tenancy.runJob('notifications.due', {})

  test('a project is told of once however many workers look, and again when it was extended', async () => {
    const projectId = await tenancy.seed.project(companyId, { name: 'Summer', expires_at: inDays(3) })
    await Promise.all([runDue(), runDue(), runDue()])
    await runDue()
    expect(await raised()).toMatchObject([
      { notification_type: 'PROJECT_EXPIRING', subject: 'Project “Summer” ends in 3 days' },
    ])

    await tenancy.seed.sql`update tenancy.projects set expires_at = ${inDays(5)} where id = ${projectId}`
    await runDue()
    expect((await raised()).map(({ subject }) => subject)).toEqual([
      'Project “Summer” ends in 3 days',
      'Project “Summer” ends in 5 days',
    ])
  })

  test('the project remembers when its company was told, and keeps its version', async () => {
    const projectId = await tenancy.seed.project(companyId, { expires_at: inDays(-1) })
    await runDue()
    const [notification] = await raised()
    expect(notification?.notification_type).toBe('PROJECT_EXPIRED')
    const told = () => tenancy.seed.sql`
      select version, last_notification_sent_at is not null as told from tenancy.projects where id = ${projectId}`
    expect([...(await told())]).toEqual([{ version: 1, told: false }])
    await deliver(notification?.id ?? 0, 'EMAIL')
    expect([...(await told())]).toEqual([{ version: 1, told: true }])
  })

  test('a subscription is told of, too', async () => {
    await tenancy.seed.sql`
      update tenancy.companies set subscription_expires_at = ${inDays(20)} where id = ${companyId}`
    await runDue()
    await tenancy.seed.sql`
      update tenancy.companies set subscription_expires_at = ${inDays(-1)} where id = ${companyId}`
    await runDue()
    expect((await raised()).map(({ notification_type: type }) => type)).toEqual([
      'SUBSCRIPTION_EXPIRING',
      'SUBSCRIPTION_EXPIRED',
    ])
  })

  test.each([
    ['it is night there', { time_zone: zoneWhereItIs(3) }, {}],
    ['the company is not in use', { is_active: false }, {}],
    ['the project is archived', {}, { archived_at: '2026-01-01T00:00:00Z' }],
    ['the project renews itself', {}, { auto_renew: true }],
    ['its notice has not come', {}, { notify_before_expiry_days: 1 }],
  ])('nobody is told while %s', async (_case, company, project) => {
    await tenancy.seed.project(companyId, { expires_at: inDays(3), ...project })
    if (Object.keys(company).length > 0) {
      await tenancy.seed
        .sql`update tenancy.companies set ${tenancy.seed.sql(company)} where id = ${companyId}`
    }
    await runDue()
    expect(await raised()).toEqual([])
  })
})

describe('sending', () => {
  test('is done by one of several workers', async () => {
    const id = await raise()
    await Promise.all([1, 2, 3, 4, 5].map(() => deliver(id, 'EMAIL')))
    expect(letters()).toHaveLength(1)
  })

  test('without an address of the company goes to its owners', async () => {
    await tenancy.seed.sql`update tenancy.companies set contact_email = null where id = ${companyId}`
    const [owner, editor] = [await tenancy.seed.user(), await tenancy.seed.user()]
    await tenancy.seed.membership(companyId, owner.id, 'OWNER')
    await tenancy.seed.membership(companyId, editor.id, 'EDITOR')
    await deliver(await raise(), 'EMAIL')
    expect(mail.letters.at(-1)?.to).toEqual([owner.email])
  })

  test('by what the company has not is no failure, and says so', async () => {
    await tenancy.seed.sql`
      update tenancy.companies set contact_email = null, telegram_chat_id = null where id = ${companyId}`
    const id = await raise()
    for (const channel of CHANNELS) await deliver(id, channel)
    expect(await deliveryOf(id, 'EMAIL')).toMatchObject({
      state: 'SKIPPED',
      error: 'The company has neither an e-mail address nor an owner.',
    })
    expect(await deliveryOf(id, 'TELEGRAM')).toMatchObject({
      state: 'SKIPPED',
      error: 'The company has no Telegram chat.',
    })
  })

  test('is tried again later when the mail server is busy, and not when it refuses the letter', async () => {
    const [first, second] = [await raise(), await raise()]
    mail.refuse(451)
    await deliver(first, 'EMAIL')
    mail.refuse(550)
    await deliver(second, 'EMAIL')
    mail.refuse(null)
    expect(await deliveryOf(first, 'EMAIL')).toMatchObject({
      state: 'WAITING',
      attempts: 1,
      waitsSeconds: 60,
      error: 'The mail server did not take the letter for now (451).',
    })
    expect(await deliveryOf(second, 'EMAIL')).toMatchObject({
      state: 'FAILED',
      error: 'The mail server refused the letter for good (550).',
    })
    await deliver(first, 'EMAIL')
    expect(letters()).toEqual([])
  })

  test('waits for as long as Telegram asks, and other chats don’t', async () => {
    const busy = await raise()
    botApi.refuse(chatId, {
      code: 429,
      description: 'Too Many Requests: retry after 40',
      parameters: { retry_after: 40 },
    })
    await deliver(busy, 'TELEGRAM')
    expect(await deliveryOf(busy, 'TELEGRAM')).toMatchObject({ state: 'WAITING', waitsSeconds: 40 })

    const other = await tenancy.seed.company({ telegram_chat_id: '4711' })
    companyId = other.id
    await deliver(await raise(), 'TELEGRAM')
    expect(messages('4711')).toHaveLength(1)
  })

  test.each([
    ['answers with an error', { code: 502, description: 'Bad Gateway' }],
    ['does not answer', 'hang'],
  ] as const)('is tried again when Telegram %s', async (_case, refusal) => {
    const id = await raise()
    botApi.refuse(chatId, refusal)
    await deliver(id, 'TELEGRAM')
    expect(await deliveryOf(id, 'TELEGRAM')).toMatchObject({ state: 'WAITING', waitsSeconds: 60 })
  })

  test('to a chat that blocks us ends, until somebody asks for it', async () => {
    const [first, second] = [await raise(), await raise()]
    botApi.refuse(chatId, { code: 403, description: 'Forbidden: bot was kicked from the group chat' })
    await deliver(first, 'TELEGRAM')
    botApi.refuse(chatId, null)
    await deliver(second, 'TELEGRAM')
    expect(await deliveryOf(first, 'TELEGRAM')).toMatchObject({ state: 'FAILED' })
    expect(await deliveryOf(second, 'TELEGRAM')).toMatchObject({
      state: 'SKIPPED',
      error: 'The Telegram chat does not let us write.',
    })
    expect(messages()).toEqual([])

    const editor = await memberWith('EDITOR')
    const isBlocked = async () => {
      const query = 'query ($id: ID!) { company(id: $id) { isTelegramBlocked } }'
      const { data } = await tenancy.execute(editor, query, { id: toGlobalId('Company', companyId) })
      return data
    }
    expect(await isBlocked()).toEqual({ company: { isTelegramBlocked: true } })
    await longAgo(first)
    expect(await resend(editor, first)).toMatchObject({ userErrors: [] })
    await deliver(first, 'TELEGRAM')
    expect(messages()).toHaveLength(1)
    expect(await isBlocked()).toEqual({ company: { isTelegramBlocked: false } })
  })

  test('follows a group that has become another one', async () => {
    const id = await raise()
    const moved = `${chatId}999`
    botApi.refuse(chatId, {
      code: 400,
      description: 'Bad Request: group chat was upgraded to a supergroup chat',
      parameters: { migrate_to_chat_id: Number(moved) },
    })
    await deliver(id, 'TELEGRAM')
    await deliver(id, 'TELEGRAM')
    expect(messages(moved)).toHaveLength(1)
    const [company] = await tenancy.seed.sql`
      select c.telegram_chat_id as chat, c.version, a.actor, a.changes
      from tenancy.companies c join log.audit_entries a on a.company_id = c.id and a.action = 'company.update'
      where c.id = ${companyId}`
    expect(company).toEqual({
      chat: moved,
      version: 2,
      actor: 'job:notification.deliver',
      changes: { telegramChatId: moved },
    })
  })
})

describe('a worker that dies while it sends', () => {
  /** As a worker leaves it that was killed so long ago, before or after the letter went out. */
  const interrupt = (id: number, secondsAgo: number) => tenancy.seed.sql`
    update tenancy.notification_deliveries
    set attempts = attempts + 1, sending_since = now() - make_interval(secs => ${secondsAgo})
    where company_id = ${companyId} and notification_id = ${id} and channel = 'EMAIL'`

  test('is waited for, as it may be alive', async () => {
    const id = await raise()
    await interrupt(id, 5)
    await deliver(id, 'EMAIL')
    expect(letters()).toEqual([])
    const [job] = await tenancy.seed.sql`
      select round(extract(epoch from start_after - now()) / 5)::int * 5 as seconds from jobs.job
      where name = 'notification.deliver' and data @> ${tenancy.seed.sql.json({ companyId, notificationId: id, channel: 'EMAIL' })}
      order by start_after desc limit 1`
    expect(job).toEqual({ seconds: 115 })
  })

  test('makes one duplicate at most: its letter is sent once more, and not a third time', async () => {
    const id = await raise()
    await interrupt(id, 3600)
    await deliver(id, 'EMAIL')
    expect(letters()).toHaveLength(1)
    expect(await deliveryOf(id, 'EMAIL')).toMatchObject({ state: 'SENT', attempts: 2, inDoubt: true })

    const other = await raise()
    await interrupt(other, 3600)
    await tenancy.seed.sql`
      update tenancy.notification_deliveries set in_doubt = true
      where company_id = ${companyId} and notification_id = ${other}`
    await deliver(other, 'EMAIL')
    expect(letters()).toHaveLength(1)
    expect(await deliveryOf(other, 'EMAIL')).toMatchObject({
      state: 'FAILED',
      error: 'It is not known whether this was sent: twice its sending was interrupted.',
    })
  })
})

const memberWith = async (role: 'OWNER' | 'EDITOR' | 'VIEWER') => {
  const user = await tenancy.seed.user()
  await tenancy.seed.membership(companyId, user.id, role)
  return member(user.id, [companyId, role])
}

const resend = (caller: ReturnType<typeof member>, id: number) =>
  tenancy.mutate(caller, 'resendNotification', 'notification { id emailSent telegramSent }', {
    id: toGlobalId('Notification', id),
  })

const longAgo = (id: number) => tenancy.seed.sql`
  update tenancy.notification_deliveries set started_at = now() - interval '61 seconds'
  where company_id = ${companyId} and notification_id = ${id}`

describe('resendNotification', () => {
  test('sends by what has not taken it, then by everything, and not twice within a minute', async () => {
    const editor = await memberWith('EDITOR')
    const id = await raise()
    mail.refuse(550)
    await deliver(id, 'EMAIL')
    mail.refuse(null)
    await deliver(id, 'TELEGRAM')
    expect(await resend(editor, id)).toMatchObject({
      notification: null,
      userErrors: [{ code: 'LIMIT_REACHED', field: ['id'] }],
    })

    await longAgo(id)
    expect(await resend(editor, id)).toEqual({
      notification: { id: toGlobalId('Notification', id), emailSent: false, telegramSent: true },
      userErrors: [],
    })
    for (const channel of CHANNELS) await deliver(id, channel)
    expect([letters().length, messages().length]).toEqual([1, 1])
    expect(await resend(editor, id)).toMatchObject({ userErrors: [{ code: 'LIMIT_REACHED' }] })

    await longAgo(id)
    expect(await resend(editor, id)).toMatchObject({ userErrors: [] })
    for (const channel of CHANNELS) await deliver(id, channel)
    expect([letters().length, messages().length]).toEqual([2, 2])
    expect(new Set(letters().map(({ messageId }) => messageId)).size).toBe(2)
  })

  test('takes the role EDITOR, and a notification of the company', async () => {
    const id = await raise()
    expect(await resend(await memberWith('VIEWER'), id)).toMatchObject({
      userErrors: [{ code: 'FORBIDDEN' }],
    })
    const elsewhere = member(7, [(await tenancy.seed.company()).id, 'OWNER'])
    expect(await resend(elsewhere, id)).toMatchObject({ userErrors: [{ code: 'NOT_FOUND', field: ['id'] }] })
  })
})

test('Company.notifications lists the newest first, a page at a time, by type, project and failure', async () => {
  const viewer = await memberWith('VIEWER')
  const projectId = await tenancy.seed.project(companyId, { expires_at: '2026-01-01T00:00:00Z' })
  const [first, second] = [await raise(), await raise()]
  await tenancy.seed.sql`
    insert into tenancy.notifications (company_id, project_id, notification_type, subject, message)
    values (${companyId}, ${projectId}, 'PROJECT_EXPIRED', 'Over', 'It is over')`
  mail.refuse(550)
  await deliver(first, 'EMAIL')
  mail.refuse(null)
  const list = async (args: string) => {
    const query = `query ($id: ID!) { company(id: $id) { notifications(${args}) {
      totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      edges { node { subject emailError emailAttempts project { id } } } } } }`
    const { data } = await tenancy.execute(viewer, query, { id: toGlobalId('Company', companyId) })
    return asPage(asObject(data?.['company'])['notifications'])
  }
  const page = await list('first: 2')
  expect(page.nodes.map(({ subject }) => subject)).toEqual([
    'Over',
    `The storage of Print & Co ${companies} is full`,
  ])
  expect(page).toMatchObject({ totalCount: 3, hasNextPage: true })
  expect((await list(`first: 2, after: "${page.endCursor}"`)).nodes).toEqual([
    {
      subject: `The storage of Print & Co ${companies} is full`,
      emailError: 'The mail server refused the letter for good (550).',
      emailAttempts: 1,
      project: null,
    },
  ])
  expect((await list('first: 5, filter: { notificationType: PROJECT_EXPIRED }')).nodes).toEqual([
    {
      subject: 'Over',
      emailError: null,
      emailAttempts: 0,
      project: { id: toGlobalId('Project', projectId) },
    },
  ])
  const projectFilter = `filter: { projectId: "${toGlobalId('Project', projectId)}" }`
  expect(await list(`first: 5, ${projectFilter}`)).toMatchObject({ totalCount: 1 })
  expect(await list('first: 5, filter: { projectId: "nonsense" }')).toMatchObject({ totalCount: 0 })
  expect(await list('first: 5, filter: { failed: true }')).toMatchObject({ totalCount: 1 })
  expect(await list('first: 5, filter: { failed: false }')).toMatchObject({ totalCount: 2 })
  expect(second).toBeGreaterThan(first)
})

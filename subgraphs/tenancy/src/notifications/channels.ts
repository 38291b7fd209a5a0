import { MailError, type Mailer } from '@arv/mail'
import { type Telegram, TelegramError } from '@arv/telegram'
import type { Channel, Outcome } from './delivery.ts'
import type { Letter } from './deliveries.repository.ts'

/** What people are told by; null is what the platform has not. */
export interface Channels {
  readonly mailer: Mailer | null
  readonly telegram: Telegram | null
  /** Where companies are administered, to which what is sent links. */
  readonly adminUrl: string
}

/** One message, and where it goes. */
export type Dispatch =
  | {
      readonly channel: 'EMAIL'
      readonly mailer: Mailer
      readonly to: readonly string[]
      readonly subject: string
      readonly text: string
      readonly messageId: string
    }
  | {
      readonly channel: 'TELEGRAM'
      readonly telegram: Telegram
      readonly chatId: string
      readonly text: string
    }

interface Addressed {
  readonly letter: Letter
  readonly ownerEmails: readonly string[]
  /** Stays the same however often an attempt is repeated. */
  readonly messageId: string
}

/** What is to be sent by a channel; a sentence when it can't be, which is nobody's fault. */
export function dispatchOf(
  { mailer, telegram, adminUrl }: Channels,
  channel: Channel,
  { letter, ownerEmails, messageId }: Addressed,
): Dispatch | string {
  const { subject, message, contactEmail, telegramChatId: chatId } = letter
  if (channel === 'EMAIL') {
    if (!mailer) return 'This platform sends no e-mail.'
    const to = contactEmail === null ? ownerEmails : [contactEmail]
    if (to.length === 0) return 'The company has neither an e-mail address nor an owner.'
    return { channel, mailer, to, subject, text: `${message}\n\n${adminUrl}\n`, messageId }
  }
  if (!telegram) return 'This platform sends nothing by Telegram.'
  if (chatId === null) return 'The company has no Telegram chat.'
  if (chatId === letter.telegramBlockedChatId) return 'The Telegram chat does not let us write.'
  return { channel, telegram, chatId, text: `${subject}\n\n${message}\n\n${adminUrl}` }
}

/** Sends it, and says what came of it; throws what is nobody's answer. */
export async function send(dispatch: Dispatch): Promise<Outcome> {
  try {
    if (dispatch.channel === 'EMAIL') {
      const { mailer, to, subject, text, messageId } = dispatch
      await mailer.send({ to, subject, text, messageId })
    } else {
      await dispatch.telegram.send({ chatId: dispatch.chatId, text: dispatch.text })
    }
    return { kind: 'sent' }
  } catch (error) {
    if (error instanceof MailError) {
      return { kind: error.kind === 'rejected' ? 'failed' : 'retry', reason: error.message }
    }
    if (error instanceof TelegramError && dispatch.channel === 'TELEGRAM') {
      return telegramOutcome(error, dispatch.chatId)
    }
    throw error
  }
}

function telegramOutcome({ failure, message: reason }: TelegramError, chatId: string): Outcome {
  switch (failure.kind) {
    case 'rejected':
      return { kind: 'failed', reason }
    case 'blocked':
      return { kind: 'blocked', reason, chatId }
    case 'unavailable':
      return { kind: 'retry', reason }
    case 'busy':
      return { kind: 'retry', reason, afterSeconds: failure.retryAfterSeconds }
    case 'moved':
      return { kind: 'moved', from: chatId, to: failure.chatId }
  }
}

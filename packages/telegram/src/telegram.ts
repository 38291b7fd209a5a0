import { Api, GrammyError } from 'grammy'

/**
 * Why a message was not taken.
 * - `rejected`: the same message will be refused again.
 * - `blocked`: the chat does not want the bot, or not any more.
 * - `moved`: the chat, a group, has become another one.
 * - `busy`: too much was sent; not again before `retryAfterSeconds` have passed.
 * - `unavailable`: it may be taken later.
 */
export type TelegramFailure =
  | { readonly kind: 'rejected' | 'blocked' | 'unavailable' }
  | { readonly kind: 'moved'; readonly chatId: string }
  | { readonly kind: 'busy'; readonly retryAfterSeconds: number }

/**
 * Why a message was not taken. The sentence is fit to be stored and shown. It has no `cause`: the errors beneath hold
 * the address, and the address holds the token.
 */
export class TelegramError extends Error {
  readonly failure: TelegramFailure

  constructor(failure: TelegramFailure, message: string) {
    super(message)
    this.name = 'TelegramError'
    this.failure = failure
  }
}

export interface Telegram {
  /**
   * Sends plain text to a chat: a number (negative for groups) or the `@name` of a channel.
   *
   * @throws TelegramError
   */
  send(message: { readonly chatId: string; readonly text: string }): Promise<void>
}

export interface TelegramOptions {
  /** The bot's token. */
  readonly token: string
  /** Where the Bot API is: Telegram's own unless given, or a server of one's own. */
  readonly apiRoot?: string
  /** How long an answer may take; 10 unless given. */
  readonly timeoutSeconds?: number
}

const DEFAULT_RETRY_AFTER_SECONDS = 30

/** Sends messages as a bot. Nothing is kept open between them that would have to be closed. */
export function createTelegram({ token, apiRoot, timeoutSeconds = 10 }: TelegramOptions): Telegram {
  const api = new Api(token, {
    ...(apiRoot !== undefined && { apiRoot: apiRoot.replace(/\/+$/, '') }),
    timeoutSeconds,
    sensitiveLogs: false,
  })
  return {
    async send({ chatId, text }) {
      try {
        await api.sendMessage(chatId, text, { link_preview_options: { is_disabled: true } })
      } catch (error) {
        throw error instanceof GrammyError ? refused(error) : notReached()
      }
    },
  }
}

function notReached(): TelegramError {
  return new TelegramError({ kind: 'unavailable' }, 'Telegram could not be reached.')
}

/** core.telegram.org/bots/api#making-requests and #responseparameters. Telegram's own sentences are not passed on. */
function refused({ error_code: code, parameters }: GrammyError): TelegramError {
  if (parameters.migrate_to_chat_id !== undefined) {
    const chatId = String(parameters.migrate_to_chat_id)
    return new TelegramError({ kind: 'moved', chatId }, 'The Telegram chat has become another one.')
  }
  if (code === 429) {
    const retryAfterSeconds = parameters.retry_after ?? DEFAULT_RETRY_AFTER_SECONDS
    return new TelegramError({ kind: 'busy', retryAfterSeconds }, 'Telegram asks to wait.')
  }
  if (code === 403) return new TelegramError({ kind: 'blocked' }, 'The Telegram chat does not let us write.')
  if (code === 401 || code === 404) {
    return new TelegramError({ kind: 'unavailable' }, 'Telegram does not accept our token.')
  }
  if (code >= 500) {
    return new TelegramError({ kind: 'unavailable' }, `Telegram did not take the message for now (${code}).`)
  }
  return new TelegramError({ kind: 'rejected' }, `Telegram refused the message for good (${code}).`)
}

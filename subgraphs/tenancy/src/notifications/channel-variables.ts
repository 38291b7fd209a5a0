import { createMailer } from '@arv/mail'
import { createTelegram } from '@arv/telegram'
import { z } from 'zod'
import type { Channels } from './channels.ts'

const text = z.string().trim().min(1)
const webUrl = z
  .url({ protocol: /^https?$/, error: 'an http:// or https:// address is expected' })
  .transform((url) => url.replace(/\/+$/, ''))

/** The variables that say what people are told by. What is not set is not used. */
export const CHANNEL_VARIABLES = {
  SMTP_URL: z.url({ protocol: /^smtps?$/, error: 'an smtp:// or smtps:// address is expected' }).optional(),
  SMTP_FROM: text.optional(),
  TELEGRAM_BOT_TOKEN: z
    .string()
    .regex(/^\d+:[\w-]+$/, 'a token such as 123456:ABC-DEF is expected')
    .optional(),
  TELEGRAM_API_ROOT: webUrl.optional(),
  ARV_ADMIN_URL: webUrl.optional(),
}

const schema = z.object(CHANNEL_VARIABLES)

/** What they say; both channels hold a secret. */
export interface ChannelSettings {
  readonly smtpUrl: string | undefined
  readonly smtpFrom: string | undefined
  readonly telegramToken: string | undefined
  readonly telegramApiRoot: string | undefined
  readonly adminUrl: string | undefined
}

/** What the variables say, which `CHANNEL_VARIABLES` has read. */
export function channelSettingsOf(variables: z.infer<typeof schema>): ChannelSettings {
  return {
    smtpUrl: variables.SMTP_URL,
    smtpFrom: variables.SMTP_FROM,
    telegramToken: variables.TELEGRAM_BOT_TOKEN,
    telegramApiRoot: variables.TELEGRAM_API_ROOT,
    adminUrl: variables.ARV_ADMIN_URL,
  }
}

/** The variables that say so. */
export function channelsToVariables(settings: ChannelSettings): Readonly<Record<string, string>> {
  const variables: Record<keyof typeof CHANNEL_VARIABLES, string | undefined> = {
    SMTP_URL: settings.smtpUrl,
    SMTP_FROM: settings.smtpFrom,
    TELEGRAM_BOT_TOKEN: settings.telegramToken,
    TELEGRAM_API_ROOT: settings.telegramApiRoot,
    ARV_ADMIN_URL: settings.adminUrl,
  }
  const set = Object.entries(variables).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, value]],
  )
  return Object.fromEntries(set)
}

/**
 * Opens what is set. Without a sender's address of its own, mail comes from the host that the world knows.
 *
 * @param publicUrl under which the world reaches the gateway
 * @param onClose is called with what ends it
 */
export function openChannels(
  settings: ChannelSettings,
  publicUrl: string,
  onClose: (close: () => void) => void,
): Channels {
  const { smtpUrl, smtpFrom, telegramToken: token, telegramApiRoot: apiRoot } = settings
  const from = smtpFrom ?? `ARV <noreply@${new URL(publicUrl).hostname}>`
  const mailer = smtpUrl === undefined ? null : createMailer({ url: smtpUrl, from })
  if (mailer) onClose(() => mailer.close())
  return {
    mailer,
    telegram:
      token === undefined ? null : createTelegram({ token, ...(apiRoot !== undefined && { apiRoot }) }),
    adminUrl: settings.adminUrl ?? publicUrl,
  }
}

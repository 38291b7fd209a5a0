export { createTelegram, TelegramError } from './telegram.ts'
export type { Telegram, TelegramFailure, TelegramOptions } from './telegram.ts'

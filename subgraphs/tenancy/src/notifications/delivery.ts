/** A way in which a notification goes out. */
export type Channel = 'EMAIL' | 'TELEGRAM'

export const CHANNELS: readonly Channel[] = ['EMAIL', 'TELEGRAM']

/** What became of one attempt; reasons are fit to be stored and shown. */
export type Outcome =
  | { readonly kind: 'sent' }
  /** Worth another attempt, after `afterSeconds` when somebody says so. */
  | { readonly kind: 'retry'; readonly reason: string; readonly afterSeconds?: number }
  | { readonly kind: 'failed'; readonly reason: string }
  /** Telegram: the chat does not want us. */
  | { readonly kind: 'blocked'; readonly reason: string; readonly chatId: string }
  /** Telegram: the chat has become another one. */
  | { readonly kind: 'moved'; readonly from: string; readonly to: string }

const MINUTE = 60
const HOUR = 3600

/** The pauses after the first attempts; all later ones are as long as the last. */
const PAUSES = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR]

/** What nobody could send in two days is given up. */
const GIVE_UP_AFTER_SECONDS = 48 * HOUR

/**
 * How long to wait after an attempt that did not succeed; null when it was the last.
 *
 * @param attempt 1 for the first
 * @param ageSeconds how long it has been tried
 * @param atLeast how long the other side asks to wait, which replaces our own pause
 */
export function pauseAfter(attempt: number, ageSeconds: number, atLeast?: number): number | null {
  const pause = atLeast ?? PAUSES[Math.min(attempt, PAUSES.length) - 1] ?? MINUTE
  return ageSeconds + pause > GIVE_UP_AFTER_SECONDS ? null : pause
}

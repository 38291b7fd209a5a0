/** How often somebody may fail before they have to wait, and for how long then. */
export interface AttemptLimit {
  /** So many failures cost nothing. */
  readonly free: number
  /** After the last of them. Each further failure doubles it. */
  readonly firstWaitSeconds: number
  readonly longestWaitSeconds: number
  /** Failures are forgotten so long after the last of them. */
  readonly rememberSeconds: number
}

/** The failures of somebody, or of somewhere, as they are kept. */
export interface Failures {
  readonly failures: number
  readonly blockedUntil: Date | null
  readonly expiresAt: Date
}

/** How long to wait after so many failures; 0 while they are free. */
export function waitSeconds(limit: AttemptLimit, failures: number): number {
  if (failures < limit.free) return 0
  return Math.min(limit.firstWaitSeconds * 2 ** (failures - limit.free), limit.longestWaitSeconds)
}

/** Whether the next attempt has to wait, and until when. */
export function waitsUntil({ blockedUntil, expiresAt }: Failures, now: Date): Date | null {
  return blockedUntil !== null && blockedUntil > now && expiresAt > now ? blockedUntil : null
}

/** How many seconds whoever has all these failures has to wait; 0 for nothing. */
export function waitOf({ rows, now }: { readonly rows: readonly Failures[]; readonly now: Date }): number {
  const waits = rows.flatMap((row) => waitsUntil(row, now)?.getTime() ?? [])
  return waits.length === 0 ? 0 : (Math.max(...waits) - now.getTime()) / 1000
}

/** One failure more. */
export function withFailure(before: Failures, limit: AttemptLimit, now: Date): Failures {
  const failures = before.expiresAt > now ? before.failures + 1 : 1
  const wait = waitSeconds(limit, failures)
  return {
    failures,
    blockedUntil: wait > 0 ? later(now, wait) : null,
    expiresAt: later(now, limit.rememberSeconds),
  }
}

export function later(instant: Date, seconds: number): Date {
  return new Date(instant.getTime() + seconds * 1000)
}

/** When to try again, in words that go after "Try again". @example inWords(90) // 'in 2 minutes' */
export function inWords(seconds: number): string {
  const whole = Math.ceil(seconds)
  if (whole <= 1) return 'in a second'
  if (whole < 60) return `in ${whole} seconds`
  const minutes = Math.ceil(whole / 60)
  return minutes === 1 ? 'in a minute' : `in ${minutes} minutes`
}

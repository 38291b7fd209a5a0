const LONGEST_REASON = 160

/**
 * What a job's last run failed with, in one line fit for a terminal, a ticket or a chat: without the addresses, paths,
 * statements, people and secrets that errors of drivers and file systems hold.
 *
 * @param output what pg-boss keeps of an error that a handler threw; null when there was none
 */
export function failureReason(output: unknown): string {
  const { message, name, code } = errorIn(output)
  const [line = ''] = (message ?? name ?? 'no reason was kept').trim().split('\n')
  const told = line.startsWith('Failed query') ? 'a statement failed' : withoutSecrets(line)
  const named = code === undefined || told.includes(code) ? told : `${told} (${code})`
  return named.length > LONGEST_REASON ? `${named.slice(0, LONGEST_REASON - 1)}…` : named
}

/** Each with what stands in its place, in order: a later one must not find a part of what an earlier one takes. */
const KEPT_BACK: readonly (readonly [RegExp, string])[] = [
  [/\b[a-z][a-z0-9+.-]*:\/\/\S+/gi, '<address>'],
  [/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g, '<e-mail>'],
  [/(?<![\w.])(?:[A-Za-z]:)?(?:[\\/][^\s\\/'":]+){2,}/g, '<path>'],
  [/\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b/g, '<address>'],
  [/\b(?:localhost|[\w-]+(?:\.[\w-]+)+):\d{2,5}\b/g, '<address>'],
  [/\b(?![0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b)(?=[\w+/-]*\d)[\w+/-]{32,}={0,2}/gi, '<secret>'],
]

function withoutSecrets(text: string): string {
  return KEPT_BACK.reduce((kept, [pattern, place]) => kept.replaceAll(pattern, place), text)
}

interface KeptError {
  readonly message?: string | undefined
  readonly name?: string | undefined
  readonly code?: string | undefined
}

function errorIn(output: unknown): KeptError {
  if (!isRecord(output)) return {}
  // What pg-boss says of a job that no worker answered for.
  if (isRecord(output['value'])) return errorIn(output['value'])
  const text = (key: string) => (typeof output[key] === 'string' ? output[key] : undefined)
  return { message: text('message'), name: text('name'), code: text('code') }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

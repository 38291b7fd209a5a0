import { GraphQLError, GraphQLScalarType, valueFromASTUntyped } from 'graphql'
import type { ValueNode } from 'graphql'
import { uploadScalar } from './uploads.ts'

const MAX_JSON_BYTES = 16_384
const MAX_EMAIL_LENGTH = 254
const RFC_3339 = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/i
const EMAIL = /^[^\s@\p{Cc}]+@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/u
const UUID_FORM = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const LOCAL_TIME = /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?(?:\.0+)?$/

/** A scalar whose values are what `parse` makes of them, in and out; `parse` returns null for what is not one. */
function scalar<T, Out>(
  name: string,
  expected: string,
  parse: (value: unknown) => T | null,
  write: (value: T) => Out,
  read: (value: unknown) => T | null = parse,
): GraphQLScalarType<T, Out> {
  const accept = (value: unknown, node?: ValueNode): T => {
    const parsed = parse(value)
    if (parsed !== null) return parsed
    const extensions = { code: 'BAD_USER_INPUT' }
    throw new GraphQLError(`${name} must be ${expected}.`, { nodes: node ?? null, extensions })
  }
  return new GraphQLScalarType<T, Out>({
    name,
    parseValue: (value) => accept(value),
    parseLiteral: (node, variables) => accept(valueFromASTUntyped(node, variables), node),
    serialize(value) {
      const known = read(value)
      if (known === null) throw new GraphQLError(`A resolver returned no ${name}.`)
      return write(known)
    },
  })
}

const textScalar = (name: string, expected: string, parse: (text: string) => string | null) =>
  scalar<string, string>(
    name,
    expected,
    (value) => (typeof value === 'string' ? parse(value) : null),
    (value) => value,
  )

function parseDateTime(value: unknown): Date | null {
  const parts = typeof value === 'string' ? RFC_3339.exec(value) : null
  if (parts === null) return null
  const [, day, time, fraction = '', offset] = parts
  // As if in UTC, to see whether the calendar has it: Date.parse turns 30 February into 2 March.
  const wall = new Date(`${day}T${time}Z`)
  if (Number.isNaN(wall.getTime()) || !wall.toISOString().startsWith(`${day}T${time}`)) return null
  const date = new Date(`${day}T${time}${fraction.slice(0, 4)}${offset?.toUpperCase()}`)
  const year = date.getUTCFullYear()
  return year >= 1 && year <= 9999 ? date : null
}

function readDateTime(value: unknown): Date | null {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value
  return parseDateTime(value)
}

function parseBigInt(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : null
}

/** PostgreSQL's bigint comes as text or as a BigInt, by the driver's settings. */
function readBigInt(value: unknown): number | null {
  if (typeof value === 'bigint') return parseBigInt(Number(value))
  if (typeof value === 'string' && /^-?\d{1,16}$/.test(value)) return parseBigInt(Number(value))
  return parseBigInt(value)
}

type JsonObject = Record<string, unknown>

function isPlainObject(value: unknown): value is JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function parseJsonObject(value: unknown): JsonObject | null {
  if (!isPlainObject(value)) return null
  const text = JSON.stringify(value)
  // PostgreSQL's jsonb has no NUL character.
  return Buffer.byteLength(text) <= MAX_JSON_BYTES && !text.includes(String.raw`\u0000`) ? value : null
}

function parseEmailAddress(text: string): string | null {
  const trimmed = text.trim()
  const at = trimmed.lastIndexOf('@')
  // The part before the @ is left as it is: only its own server may say that case doesn't matter.
  const address = trimmed.slice(0, at + 1) + trimmed.slice(at + 1).toLowerCase()
  return at <= 64 && address.length <= MAX_EMAIL_LENGTH && EMAIL.test(address) ? address : null
}

function parseTimeZone(text: string): string | null {
  // An offset (`+03:00`) is no zone: it knows nothing of daylight saving time.
  if (!/^[A-Za-z]/.test(text)) return null
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone
  } catch {
    return null
  }
}

function parseUuid(text: string): string | null {
  const lower = text.toLowerCase()
  return UUID_FORM.test(lower) ? lower : null
}

function parseUrl(text: string): string | null {
  const url = text.length <= 2048 ? URL.parse(text) : null
  return url !== null && (url.protocol === 'https:' || url.protocol === 'http:') ? url.href : null
}

function parseLocalTime(text: string): string | null {
  const [, hours, minutes, seconds = '00'] = LOCAL_TIME.exec(text) ?? []
  return hours === undefined || minutes === undefined ? null : `${hours}:${minutes}:${seconds}`
}

/** The shared scalars' resolvers, and Upload's for a subgraph that declares `scalar Upload`. */
export const scalarResolvers = {
  DateTime: scalar(
    'DateTime',
    'a moment with an offset as RFC 3339 has it, e.g. "2026-11-05T14:30:00Z"',
    parseDateTime,
    (date) => date.toISOString(),
    readDateTime,
  ),
  BigInt: scalar(
    'BigInt',
    'a whole number from -9007199254740991 to 9007199254740991',
    parseBigInt,
    (value) => value,
    readBigInt,
  ),
  JSONObject: scalar(
    'JSONObject',
    'a JSON object of at most 16 kB',
    parseJsonObject,
    (value) => value,
    (value) => (isPlainObject(value) ? value : null),
  ),
  EmailAddress: textScalar('EmailAddress', 'an e-mail address, e.g. "ann@example.com"', parseEmailAddress),
  TimeZone: textScalar('TimeZone', 'an IANA time zone, e.g. "Europe/Berlin"', parseTimeZone),
  UUID: textScalar('UUID', 'a UUID, e.g. "0b9a63b6-5f6e-4c0b-9d0e-6d2f4ab1c8a7"', parseUuid),
  URL: textScalar('URL', 'an absolute http or https address, e.g. "https://example.com/a"', parseUrl),
  LocalTime: textScalar('LocalTime', 'a time of day, "HH:mm" or "HH:mm:ss"', parseLocalTime),
  Upload: uploadScalar,
} satisfies Record<string, GraphQLScalarType>

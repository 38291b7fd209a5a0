import { describe, expect, test } from 'vitest'
import { scalarResolvers } from './scalars.ts'

type Name = Exclude<keyof typeof scalarResolvers, 'Upload'>

const parse = (name: Name, value: unknown): unknown => scalarResolvers[name].parseValue(value)
const serialize = (name: Name, value: unknown): unknown => scalarResolvers[name].serialize(value)

describe('scalars', () => {
  test.each<[Name, unknown, unknown]>([
    ['DateTime', '2026-11-05T14:30:00Z', new Date('2026-11-05T14:30:00Z')],
    ['DateTime', '2026-11-05t14:30:00.123456+03:00', new Date('2026-11-05T11:30:00.123Z')],
    ['DateTime', '2028-02-29T00:00:00-05:00', new Date('2028-02-29T05:00:00Z')],
    ['BigInt', 9_007_199_254_740_991, 9_007_199_254_740_991],
    ['BigInt', -1, -1],
    ['JSONObject', { a: { b: [1, null] } }, { a: { b: [1, null] } }],
    ['EmailAddress', ' Ann.Lee+ar@Example.COM ', 'Ann.Lee+ar@example.com'],
    ['EmailAddress', 'jörg@firma.example', 'jörg@firma.example'],
    ['TimeZone', 'europe/berlin', 'Europe/Berlin'],
    ['TimeZone', 'UTC', 'UTC'],
    ['UUID', '0B9A63B6-5F6E-4C0B-9D0E-6D2F4AB1C8A7', '0b9a63b6-5f6e-4c0b-9d0e-6d2f4ab1c8a7'],
    ['URL', 'https://Example.com:443/a b', 'https://example.com/a%20b'],
    ['LocalTime', '09:05', '09:05:00'],
    ['LocalTime', '23:59:59', '23:59:59'],
  ])('%s takes %j', (name, value, expected) => {
    expect(parse(name, value)).toEqual(expected)
  })

  test.each<[Name, unknown]>([
    ['DateTime', '2026-11-05T14:30:00'],
    ['DateTime', '2026-11-05'],
    ['DateTime', '2026-02-30T00:00:00Z'],
    ['DateTime', '2026-11-05T24:00:00Z'],
    ['DateTime', '2026-11-05T14:30:00+25:00'],
    ['DateTime', '0000-01-01T00:00:00Z'],
    ['DateTime', 1_762_353_000_000],
    ['BigInt', 9_007_199_254_740_992],
    ['BigInt', 1.5],
    ['BigInt', '1'],
    ['JSONObject', []],
    ['JSONObject', null],
    ['JSONObject', '{}'],
    ['JSONObject', { a: 'x'.repeat(16_384) }],
    ['JSONObject', { a: 'x\0y' }],
    ['EmailAddress', 'ann'],
    ['EmailAddress', 'ann@localhost'],
    ['EmailAddress', 'ann@ex ample.com'],
    ['EmailAddress', 'a@b@example.com'],
    ['EmailAddress', `${'a'.repeat(65)}@example.com`],
    ['EmailAddress', `a@${'b.'.repeat(130)}com`],
    ['EmailAddress', 'ann@example.com\nbcc: eve@example.com'],
    ['TimeZone', 'Mars/Olympus'],
    ['TimeZone', '+03:00'],
    ['TimeZone', ''],
    ['UUID', '0b9a63b65f6e4c0b9d0e6d2f4ab1c8a7'],
    ['UUID', '{0b9a63b6-5f6e-4c0b-9d0e-6d2f4ab1c8a7}'],
    ['URL', 'example.com'],
    ['URL', 'javascript:alert(1)'],
    ['URL', 'file:///etc/passwd'],
    ['LocalTime', '24:00'],
    ['LocalTime', '9:05'],
    ['LocalTime', '09:05:00Z'],
  ])('%s refuses %j and says what would be right', (name, value) => {
    expect(() => parse(name, value)).toThrow(`${name} must be `)
  })

  test('a hostile email is refused, too: a check that went back and forth in it would outlast the test', () => {
    expect(() => parse('EmailAddress', `a@${'a-'.repeat(500_000)}!`)).toThrow('EmailAddress must be ')
  })

  test('a DateTime goes out in UTC with milliseconds', () => {
    expect(serialize('DateTime', new Date('2026-11-05T14:30:00+03:00'))).toBe('2026-11-05T11:30:00.000Z')
    expect(() => serialize('DateTime', new Date(Number.NaN))).toThrow('A resolver returned no DateTime.')
  })

  test('a BigInt goes out as a number, whichever way the database gave it', () => {
    expect(serialize('BigInt', '5000000000')).toBe(5_000_000_000)
    expect(serialize('BigInt', 5_000_000_000n)).toBe(5_000_000_000)
    expect(serialize('BigInt', 5)).toBe(5)
    expect(() => serialize('BigInt', 2n ** 60n)).toThrow('A resolver returned no BigInt.')
  })

  test('a LocalTime of the database goes out as it is', () => {
    expect(serialize('LocalTime', '09:05:00')).toBe('09:05:00')
  })

  test('only a file of a multipart request is an Upload', () => {
    expect(() => scalarResolvers.Upload.parseValue('file.jpg')).toThrow(
      'Upload must be a file of a multipart request.',
    )
  })
})

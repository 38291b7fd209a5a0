import { describe, expect, test } from 'vitest'
import { createFileAddresses } from './file-addresses.ts'

const FILE = { publicId: '0b9a63b6-5f6e-4c0b-9d0e-6d2f4ab1c8a7', fileName: 'Büro & Co.jpg' }
const addresses = createFileAddresses({ publicUrl: 'https://arv.example', signingKey: 'k'.repeat(32) })
const at = (time: string) => new Date(`2026-11-05T${time}Z`)

function parametersOf(url: string) {
  const { searchParams } = new URL(url)
  return { expires: searchParams.get('expires') ?? '', signature: searchParams.get('signature') ?? '' }
}

describe('the address of a file', () => {
  test('holds its UUID and its name', () => {
    expect(addresses.publicUrl(FILE)).toBe(
      'https://arv.example/media/0b9a63b6-5f6e-4c0b-9d0e-6d2f4ab1c8a7/B%C3%BCro%20%26%20Co.jpg',
    )
  })

  test('when it is signed, stays the same within a quarter of an hour and changes with the next', () => {
    const first = addresses.signedUrl(FILE, at('12:00:01'))
    expect(addresses.signedUrl(FILE, at('12:15:00'))).toBe(first)
    expect(addresses.signedUrl(FILE, at('12:15:01'))).not.toBe(first)
  })

  test('when it is signed, opens the file for at least an hour and not for ever', () => {
    const parameters = parametersOf(addresses.signedUrl(FILE, at('12:15:00')))
    expect(addresses.isSigned(FILE.publicId, parameters, at('13:14:59'))).toBe(true)
    expect(addresses.isSigned(FILE.publicId, parameters, at('13:15:00'))).toBe(false)
  })

  test('opens no other file', () => {
    const parameters = parametersOf(addresses.signedUrl(FILE, at('12:00:00')))
    const other = '5d0e6d2f-6f6e-4c0b-9d0e-0b9a63b6c8a7'
    expect(addresses.isSigned(other, parameters, at('12:00:00'))).toBe(false)
  })

  test('signed with another key opens nothing', () => {
    const others = createFileAddresses({ publicUrl: 'https://arv.example', signingKey: 'o'.repeat(32) })
    const parameters = parametersOf(others.signedUrl(FILE, at('12:00:00')))
    expect(addresses.isSigned(FILE.publicId, parameters, at('12:00:00'))).toBe(false)
  })

  test.each([
    { expires: '99999999999', signature: '' },
    { expires: '', signature: 'AAAA' },
    { expires: '1e12', signature: 'AAAA' },
    { expires: '-1', signature: 'A'.repeat(43) },
    { expires: '99999999999', signature: 'A'.repeat(43) },
  ])('is not signed by $expires and $signature', (parameters) => {
    expect(addresses.isSigned(FILE.publicId, parameters, at('12:00:00'))).toBe(false)
  })
})

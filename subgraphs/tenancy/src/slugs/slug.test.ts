import { describe, expect, test } from 'vitest'
import { freeSlug, slugFrom, slugProblem, slugStem } from './slug.ts'

describe('a slug from a name', () => {
  test.each([
    ['Vertex AR', 'vertex-ar'],
    ['  Foo__Bar / Baz!  ', 'foo-bar-baz'],
    ['Don’t stop', 'dont-stop'],
    ['Łódź & Straße', 'lodz-strasse'],
    ['Фото «Ёлка»', 'foto-yolka'],
    ['日本写真', 'ri-ben-xie-zhen'],
    ['Ｆｕｌｌ ｗｉｄｔｈ', 'full-width'],
    ['Đà Nẵng 2026', 'da-nang-2026'],
  ])('%s becomes %s', (name, slug) => {
    expect(slugFrom(name, 'company')).toBe(slug)
  })

  test('falls back when nothing of the name can be written', () => {
    expect(slugFrom('🎉🎉', 'company')).toBe('company')
    expect(slugFrom('—', 'project')).toBe('project')
  })

  test('is at most 63 characters long and ends in none but a letter or digit', () => {
    expect(slugFrom('a'.repeat(200), 'x')).toBe('a'.repeat(63))
    expect(slugFrom(`${'a'.repeat(62)} b`, 'x')).toBe('a'.repeat(62))
  })
})

describe('a free slug', () => {
  test('is the slug itself when nobody has it', () => {
    expect(freeSlug('acme', new Set(['acme-2']))).toBe('acme')
  })

  test('has the lowest free number from 2 on when somebody has', () => {
    expect(freeSlug('acme', new Set(['acme']))).toBe('acme-2')
    expect(freeSlug('acme', new Set(['acme', 'acme-2', 'acme-4']))).toBe('acme-3')
  })

  test('stays within 63 characters', () => {
    const long = 'a'.repeat(63)
    expect(freeSlug(long, new Set([long]))).toBe(`${'a'.repeat(61)}-2`)
    expect(freeSlug(long, new Set([long]))).toSatisfy((slug: string) => slug.startsWith(slugStem(long)))
  })
})

describe('a given slug', () => {
  test.each(['a', 'vertex-ar', '2026', 'a'.repeat(63)])('may be %s', (slug) => {
    expect(slugProblem('slug', slug)).toBeNull()
  })

  test.each(['', 'Vertex', 'a b', '-a', 'a-', 'a--b', 'ä', 'a_b', 'a/b', '../a', 'a\n', 'a'.repeat(64)])(
    'may not be %j',
    (slug) => {
      expect(slugProblem('slug', slug)).toMatchObject({ code: 'INVALID', field: ['slug'] })
    },
  )
})

import { describe, expect, test } from 'vitest'
import { companyProblems, type CompanyFields } from './company.ts'

const now = new Date('2026-11-22T12:00:00Z')

const acme: CompanyFields = {
  name: 'Acme',
  slug: null,
  contactPhone: null,
  telegramChatId: null,
  subscriptionExpiresAt: null,
  storageQuotaGb: undefined,
  projectsLimit: undefined,
  notes: null,
}

describe('a company', () => {
  test('needs a name and no more', () => {
    expect(companyProblems(acme, now)).toEqual([])
  })

  test('may have everything', () => {
    const full: CompanyFields = {
      name: 'Acme & Söhne',
      slug: 'acme',
      contactPhone: '+49 (30) 123-456/7',
      telegramChatId: '-1001234567890',
      subscriptionExpiresAt: new Date('2026-11-22T12:00:01Z'),
      storageQuotaGb: 0,
      projectsLimit: 1_000_000,
      notes: 'Two\nlines',
    }
    expect(companyProblems(full, now)).toEqual([])
  })

  test.each([
    ['name', { name: '' }],
    ['name', { name: 'a'.repeat(201) }],
    ['name', { name: 'a\nb' }],
    ['slug', { slug: 'Not a slug' }],
    ['contactPhone', { contactPhone: '1234' }],
    ['contactPhone', { contactPhone: 'call me 123456' }],
    ['contactPhone', { contactPhone: '1'.repeat(41) }],
    ['telegramChatId', { telegramChatId: 'acme' }],
    ['telegramChatId', { telegramChatId: '@abc' }],
    ['subscriptionExpiresAt', { subscriptionExpiresAt: now }],
    ['storageQuotaGb', { storageQuotaGb: -1 }],
    ['projectsLimit', { projectsLimit: -1 }],
    ['projectsLimit', { projectsLimit: 1_000_001 }],
    ['notes', { notes: 'a'.repeat(5001) }],
  ])('is refused for its %s: %j', (field, change) => {
    expect(companyProblems({ ...acme, ...change }, now)).toEqual([
      expect.objectContaining({ code: 'INVALID', field: [field] }),
    ])
  })

  test('is told everything that is wrong at once', () => {
    const fields = companyProblems({ ...acme, name: '', projectsLimit: -1 }, now).map(({ field }) => field)
    expect(fields).toEqual([['name'], ['projectsLimit']])
  })
})

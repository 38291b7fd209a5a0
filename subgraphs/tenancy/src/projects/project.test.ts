import { describe, expect, test } from 'vitest'
import { projectProblems, type ProjectTerms, tidyTags } from './project.ts'

const now = new Date('2026-11-22T12:00:00Z')

const spring: ProjectTerms = {
  name: 'Spring',
  slug: null,
  description: null,
  projectType: null,
  startsAt: null,
  expiresAt: null,
  notifyBeforeExpiryDays: undefined,
  tags: [],
}

describe('a project', () => {
  test('needs a name and no more', () => {
    expect(projectProblems(spring, now)).toEqual([])
  })

  test('may have everything', () => {
    const full: ProjectTerms = {
      name: 'Spring 2027',
      slug: 'spring-2027',
      description: 'Posters\nand postcards',
      projectType: 'Campaign',
      startsAt: new Date('2026-11-01T00:00:00Z'),
      expiresAt: new Date('2026-11-22T12:00:01Z'),
      notifyBeforeExpiryDays: 365,
      tags: Array.from({ length: 50 }, (_, index) => `tag ${index}`),
    }
    expect(projectProblems(full, now)).toEqual([])
  })

  test.each([
    ['name', { name: '' }],
    ['name', { name: 'a'.repeat(201) }],
    ['slug', { slug: '-spring' }],
    ['description', { description: 'a'.repeat(5001) }],
    ['projectType', { projectType: 'a'.repeat(101) }],
    ['expiresAt', { expiresAt: now }],
    ['notifyBeforeExpiryDays', { notifyBeforeExpiryDays: -1 }],
    ['notifyBeforeExpiryDays', { notifyBeforeExpiryDays: 366 }],
    ['tags', { tags: [''] }],
    ['tags', { tags: ['a'.repeat(51)] }],
    ['tags', { tags: ['a\u0000'] }],
    ['tags', { tags: Array.from({ length: 51 }, (_, index) => `tag ${index}`) }],
  ])('is refused for its %s: %j', (field, change) => {
    expect(projectProblems({ ...spring, ...change }, now)).toEqual([
      expect.objectContaining({ code: 'INVALID', field: [field] }),
    ])
  })

  test('ends after it begins', () => {
    const startsAt = new Date('2027-01-01T00:00:00Z')
    const problems = projectProblems({ ...spring, startsAt, expiresAt: startsAt }, now)
    expect(problems).toEqual([
      { code: 'INVALID', field: ['expiresAt'], message: 'Give a moment after the project begins.' },
    ])
  })
})

test('tags are trimmed, and a repeated one counts once', () => {
  expect(tidyTags([' red', 'blue', 'red ', 'Red'])).toEqual(['red', 'blue', 'Red'])
})

import { describe, expect, test } from 'vitest'
import { planProblems, projectProblems, type ProjectFields, type ProjectPlan, tidyTags } from './project.ts'

const now = new Date('2026-11-22T12:00:00Z')

const spring: ProjectFields = {
  name: 'Spring',
  slug: null,
  description: null,
  projectType: null,
  expiresAt: null,
  notifyBeforeExpiryDays: undefined,
  tags: [],
}

describe('a project', () => {
  test('needs a name and no more', () => {
    expect(projectProblems(spring, now)).toEqual([])
  })

  test('may have everything', () => {
    const full: ProjectFields = {
      name: 'Spring 2027',
      slug: 'spring-2027',
      description: 'Posters\nand postcards',
      projectType: 'Campaign',
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
})

describe('the plan of a project', () => {
  const endless: ProjectPlan = {
    subscriptionType: 'MONTHLY',
    startsAt: null,
    expiresAt: null,
    autoRenew: true,
  }
  const newYear = new Date('2027-01-01T00:00:00Z')

  test('may be as open as it wants', () => {
    expect(planProblems(endless)).toEqual([])
    expect(planProblems({ ...endless, subscriptionType: 'LIFETIME', autoRenew: false })).toEqual([])
    expect(
      planProblems({ ...endless, subscriptionType: 'CUSTOM', autoRenew: false, expiresAt: newYear }),
    ).toEqual([])
  })

  test('ends after it begins', () => {
    expect(planProblems({ ...endless, startsAt: newYear, expiresAt: newYear })).toEqual([
      { code: 'INVALID', field: ['expiresAt'], message: 'Give a moment after the project begins.' },
    ])
    expect(
      planProblems({ ...endless, startsAt: newYear, expiresAt: new Date(newYear.getTime() + 1) }),
    ).toEqual([])
  })

  test('has no end for a lifetime', () => {
    const lifetime = { ...endless, subscriptionType: 'LIFETIME', autoRenew: false } as const
    expect(planProblems({ ...lifetime, expiresAt: newYear })).toEqual([
      expect.objectContaining({ code: 'INVALID', field: ['expiresAt'] }),
    ])
  })

  test.each(['LIFETIME', 'CUSTOM'] as const)('of %s is not renewed by itself', (subscriptionType) => {
    expect(planProblems({ ...endless, subscriptionType })).toEqual([
      expect.objectContaining({ code: 'INVALID', field: ['autoRenew'] }),
    ])
  })
})

test('tags are trimmed, and a repeated one counts once', () => {
  expect(tidyTags([' red', 'blue', 'red ', 'Red'])).toEqual(['red', 'blue', 'Red'])
})

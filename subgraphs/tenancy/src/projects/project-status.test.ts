import { describe, expect, test } from 'vitest'
import { projectStatus, type ProjectTerm } from './project-status.ts'

const term: ProjectTerm = {
  startsAt: new Date('2026-11-10T00:00:00Z'),
  expiresAt: new Date('2026-11-30T00:00:00Z'),
  archivedAt: null,
  notifyBeforeExpiryDays: 7,
}

describe('the status of a project', () => {
  test.each([
    ['2026-11-09T23:59:59.999Z', 'SCHEDULED'],
    ['2026-11-10T00:00:00.000Z', 'ACTIVE'],
    ['2026-11-22T23:59:59.999Z', 'ACTIVE'],
    ['2026-11-23T00:00:00.000Z', 'EXPIRING'],
    ['2026-11-29T23:59:59.999Z', 'EXPIRING'],
    ['2026-11-30T00:00:00.000Z', 'EXPIRED'],
  ])('at %s is %s', (instant, status) => {
    expect(projectStatus(term, new Date(instant))).toBe(status)
  })

  test('without dates is ACTIVE for ever', () => {
    const endless = { ...term, startsAt: null, expiresAt: null }
    expect(projectStatus(endless, new Date('0001-01-01T00:00:00Z'))).toBe('ACTIVE')
    expect(projectStatus(endless, new Date('9999-12-31T00:00:00Z'))).toBe('ACTIVE')
  })

  test('is ARCHIVED when it was put away, whatever its dates', () => {
    const archived = { ...term, archivedAt: new Date('2026-11-12T00:00:00Z') }
    expect(projectStatus(archived, new Date('2026-11-01T00:00:00Z'))).toBe('ARCHIVED')
    expect(projectStatus(archived, new Date('2026-12-01T00:00:00Z'))).toBe('ARCHIVED')
  })

  test('is SCHEDULED until it begins, even within the days of notice', () => {
    const short = { ...term, notifyBeforeExpiryDays: 365 }
    expect(projectStatus(short, new Date('2026-11-09T00:00:00Z'))).toBe('SCHEDULED')
    expect(projectStatus(short, new Date('2026-11-10T00:00:00Z'))).toBe('EXPIRING')
  })

  test('is never EXPIRING without days of notice', () => {
    const abrupt = { ...term, notifyBeforeExpiryDays: 0 }
    expect(projectStatus(abrupt, new Date('2026-11-29T23:59:59.999Z'))).toBe('ACTIVE')
    expect(projectStatus(abrupt, new Date('2026-11-30T00:00:00Z'))).toBe('EXPIRED')
  })

  test('counts a day of notice as 24 hours, across a change of the clocks', () => {
    // Berlin puts its clocks back on 2026-10-25.
    const autumn = {
      ...term,
      startsAt: null,
      expiresAt: new Date('2026-10-25T23:00:00Z'),
      notifyBeforeExpiryDays: 1,
    }
    expect(projectStatus(autumn, new Date('2026-10-24T22:59:59Z'))).toBe('ACTIVE')
    expect(projectStatus(autumn, new Date('2026-10-24T23:00:00Z'))).toBe('EXPIRING')
  })
})

import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ProjectStatus, projectStatus, type ProjectTerm } from './project-status.ts'

const ORDER: readonly ProjectStatus[] = ['SCHEDULED', 'ACTIVE', 'EXPIRING', 'EXPIRED', 'ARCHIVED']
const DAY_MS = 86_400_000

/** Close together, so that moments meet: whole days, and a millisecond before and after them. */
const moment = fc
  .tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: -1, max: 1 }))
  .map(([day, ms]) => new Date(Date.parse('2026-11-01T00:00:00Z') + day * DAY_MS + ms))

const term: fc.Arbitrary<ProjectTerm> = fc
  .record({
    startsAt: fc.option(moment),
    expiresAt: fc.option(moment),
    archivedAt: fc.option(moment, { freq: 2 }),
    notifyBeforeExpiryDays: fc.integer({ min: 0, max: 40 }),
  })
  .filter(({ startsAt, expiresAt }) => startsAt === null || expiresAt === null || startsAt < expiresAt)

/** What each status means, said each by itself and not one after the other. */
const MEANS: Readonly<Record<ProjectStatus, (project: ProjectTerm, at: Date) => boolean>> = {
  ARCHIVED: ({ archivedAt }) => archivedAt !== null,
  EXPIRED: ({ archivedAt, expiresAt }, at) => archivedAt === null && expiresAt !== null && at >= expiresAt,
  SCHEDULED: ({ archivedAt, startsAt }, at) => archivedAt === null && startsAt !== null && at < startsAt,
  EXPIRING: (project, at) => isRunning(project, at) && isNoticed(project, at),
  ACTIVE: (project, at) => isRunning(project, at) && !isNoticed(project, at),
}

function isRunning({ archivedAt, startsAt, expiresAt }: ProjectTerm, at: Date): boolean {
  return (
    archivedAt === null && !(startsAt !== null && at < startsAt) && !(expiresAt !== null && at >= expiresAt)
  )
}

function isNoticed({ expiresAt, notifyBeforeExpiryDays }: ProjectTerm, at: Date): boolean {
  return expiresAt !== null && expiresAt.getTime() - at.getTime() <= notifyBeforeExpiryDays * DAY_MS
}

test('at every instant a project has exactly one status, the one whose meaning it has', () => {
  fc.assert(
    fc.property(term, moment, (project, at) => {
      const meant = ORDER.filter((status) => MEANS[status](project, at))
      expect(meant).toEqual([projectStatus(project, at)])
    }),
    { numRuns: 2_000 },
  )
})

test('a project that nobody edits only ever goes on in its life', () => {
  fc.assert(
    fc.property(term, fc.array(moment, { minLength: 2, maxLength: 10 }), (project, moments) => {
      const places = moments
        .toSorted((a, b) => a.getTime() - b.getTime())
        .map((at) => ORDER.indexOf(projectStatus(project, at)))
      expect(places).toEqual(places.toSorted((a, b) => a - b))
    }),
    { numRuns: 2_000 },
  )
})

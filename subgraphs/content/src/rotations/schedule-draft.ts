import { fromGlobalId } from '@arv/relay'
import { invalid, notFound, type UserError } from '@arv/subgraph'
import { type ScheduleDraft, scheduleProblems } from '../active-video/rules/schedule-problems.ts'
import { BASE_PRIORITY, type DayOfWeek, numberOfDay, type ScheduleTerms } from './rotation-schedule.ts'

/** A schedule as inputs of the API have it: what is not given is left alone, null clears. */
export interface ScheduleInput {
  readonly priority?: number | null | undefined
  readonly rotationType?: ScheduleTerms['rotationType'] | null | undefined
  readonly timeOfDay?: string | null | undefined
  readonly dayOfWeek?: DayOfWeek | null | undefined
  readonly dayOfMonth?: number | null | undefined
  readonly cronExpression?: string | null | undefined
  readonly dayParts?: readonly DayPartInput[] | null | undefined
  readonly timeZone?: string | null | undefined
  /** Global ids. */
  readonly videoSequence?: readonly string[] | null | undefined
  readonly startsOn?: string | null | undefined
  readonly endsOn?: string | null | undefined
  readonly exceptedDates?: readonly string[] | null | undefined
  readonly isActive?: boolean | null | undefined
}

interface DayPartInput {
  readonly weekdays: readonly DayOfWeek[]
  readonly from: string
  readonly to: string
  /** Global ids. */
  readonly videoIds: readonly string[]
}

/** Terms whose videos may be global ids, or row ids that were looked up before. */
export type DraftTerms = ScheduleDraft & Pick<ScheduleTerms, 'isActive'>

/** A schedule of this priority and type that nothing was said of yet. */
export function blankTerms(rotationType: ScheduleTerms['rotationType'], priority: number): ScheduleTerms {
  return {
    priority,
    rotationType,
    timeOfDay: null,
    dayOfWeek: null,
    dayOfMonth: null,
    cronExpression: null,
    dayParts: [],
    timeZone: null,
    videoSequence: [],
    startsOn: null,
    endsOn: null,
    exceptedDates: [],
    isActive: true,
  }
}

/** The terms with what an input says in place of theirs. */
export function withInput(terms: ScheduleTerms, input: ScheduleInput): DraftTerms {
  const given = <T, In>(value: In | null | undefined, before: T, read: (value: In) => T, cleared: T): T =>
    value === undefined ? before : value === null ? cleared : read(value)
  const same = <T>(value: T) => value
  return {
    priority: input.priority ?? terms.priority,
    rotationType: input.rotationType ?? terms.rotationType,
    timeOfDay: given(input.timeOfDay, terms.timeOfDay, same, null),
    dayOfWeek: given(input.dayOfWeek, terms.dayOfWeek, numberOfDay, null),
    dayOfMonth: given(input.dayOfMonth, terms.dayOfMonth, same, null),
    cronExpression: given(input.cronExpression, terms.cronExpression, (text) => text.trim(), null),
    dayParts: given<DraftTerms['dayParts'], readonly DayPartInput[]>(
      input.dayParts,
      terms.dayParts,
      (parts) => parts.map((part) => ({ ...part, weekdays: part.weekdays.map(numberOfDay) })),
      [],
    ),
    timeZone: given(input.timeZone, terms.timeZone, same, null),
    videoSequence: given<DraftTerms['videoSequence'], readonly string[]>(
      input.videoSequence,
      terms.videoSequence,
      same,
      [],
    ),
    startsOn: given(input.startsOn, terms.startsOn, same, null),
    endsOn: given(input.endsOn, terms.endsOn, same, null),
    exceptedDates: given<readonly string[], readonly string[]>(
      input.exceptedDates,
      terms.exceptedDates,
      (dates) => [...new Set(dates)].toSorted(),
      [],
    ),
    isActive: input.isActive ?? terms.isActive,
  }
}

/** A rule has a priority above that of the rotation, which there is one of. */
export function rulePriorityProblems({ priority }: Pick<ScheduleTerms, 'priority'>): UserError[] {
  return priority === BASE_PRIORITY
    ? [invalid('priority', 'A rule has a priority from 1 to 1000: 0 is the rotation’s own.')]
    : []
}

/** The terms of a draft with the row ids of its videos, or why a content cannot have it. */
export function checkDraft(
  draft: DraftTerms,
  videoIds: ReadonlySet<number>,
  now: Date,
): { readonly terms: ScheduleTerms } | { readonly problems: [UserError, ...UserError[]] } {
  const foreign: UserError[] = []
  const lookUp = (ids: readonly (number | string)[], path: readonly string[]) =>
    ids.map((id, index) => {
      if (typeof id === 'number') return id
      const rowId = fromGlobalId('Video', id)
      if (rowId !== null && videoIds.has(rowId)) return rowId
      foreign.push(notFound([...path, String(index)], 'video'))
      return 0
    })
  const terms: ScheduleTerms = {
    ...draft,
    videoSequence: lookUp(draft.videoSequence, ['videoSequence']),
    dayParts: draft.dayParts.map((part, index) => ({
      weekdays: part.weekdays,
      from: part.from,
      to: part.to,
      videoIds: lookUp(part.videoIds, ['dayParts', String(index), 'videoIds']),
    })),
  }
  const [problem, ...others] = [...scheduleProblems(draft, now), ...foreign]
  return problem ? { problems: [problem, ...others] } : { terms }
}

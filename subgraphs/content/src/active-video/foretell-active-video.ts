import { badUserInput } from '@arv/subgraph'
import type { ContentContext } from '../context.ts'
import type { ArContent } from '../contents/contents.repository.ts'
import { BASE_PRIORITY } from '../rotations/rotation-schedule.ts'
import { blankTerms, checkDraft, type ScheduleInput, withInput } from '../rotations/schedule-draft.ts'
import { loadPlayableContent } from './active-video-of.ts'
import {
  type ExplainedCandidate,
  explainActiveVideo,
  type Explanation,
} from './rules/explain-active-video.ts'
import type { PlayableContent } from './rules/playable-content.ts'
import {
  MAX_TIMELINE_DAYS,
  MAX_TIMELINE_EDGES,
  rotationTimeline,
  type Span,
  type TimelineEntry,
} from './rules/rotation-timeline.ts'
import type { RotationWarning } from './rules/rotation-warnings.ts'
import type { Schedule } from './rules/schedule.ts'

/** Its videos are to be looked up among those of the content. */
type OfContent<T> = T & { readonly content: ArContent }

export type ContentCandidate = OfContent<ExplainedCandidate>
export type ContentTimelineEntry = OfContent<TimelineEntry>
export type ContentWarning = OfContent<RotationWarning>

export interface ContentExplanation extends Omit<OfContent<Explanation>, 'candidates'> {
  readonly candidates: readonly ContentCandidate[]
}

/** Which video of a content plays at an instant, and why each other one does not. */
export async function explainContent(
  content: ArContent,
  at: Date | null,
  context: ContentContext,
): Promise<ContentExplanation> {
  const playable = await loadPlayableContent(content, context)
  const explanation = explainActiveVideo(playable, at ?? context.now)
  const candidates = explanation.candidates.map((candidate) => ({ ...candidate, content }))
  return { ...explanation, content, candidates }
}

/** What is asked for of a timeline. */
export interface TimelineRequest extends Span {
  /** In place of the content's rotation; its rules stay. */
  readonly draft: (ScheduleInput & Pick<Schedule, 'rotationType'>) | null
}

/** @throws GraphQLError BAD_USER_INPUT for a span or a draft that is not acceptable */
export async function foretellContent(
  content: ArContent,
  { from, to, draft }: TimelineRequest,
  context: ContentContext,
): Promise<{ entries: ContentTimelineEntry[]; warnings: ContentWarning[] }> {
  const saved = await loadPlayableContent(content, context)
  const begins = from < context.now ? from : context.now
  const timeline = rotationTimeline(draft ? withDraft(saved, draft, begins) : saved, { from, to })
  switch (timeline.kind) {
    case 'endsBeforeItStarts':
      throw badUserInput('"to" must be after "from".', { field: 'to' })
    case 'tooLong':
      throw badUserInput(`There may be at most ${MAX_TIMELINE_DAYS} days between "from" and "to".`, {
        field: 'to',
      })
    case 'tooManyChanges':
      throw badUserInput(`There are over ${MAX_TIMELINE_EDGES} boundaries in this span: ask for less.`, {
        field: 'to',
      })
    case 'timeline':
      return {
        entries: timeline.entries.map((entry) => ({ ...entry, content })),
        warnings: timeline.warnings.map((warning) => ({ ...warning, content })),
      }
  }
}

/** No row has this id, so that what a draft decides is nobody's schedule. */
export const DRAFT_ID = 0

function withDraft(
  saved: PlayableContent,
  input: NonNullable<TimelineRequest['draft']>,
  anchorAt: Date,
): PlayableContent {
  const draft = withInput(blankTerms(input.rotationType, BASE_PRIORITY), input)
  const checked = checkDraft(draft, new Set(saved.videos.map(({ id }) => id)), anchorAt)
  if ('problems' in checked) {
    const [{ field, message }] = checked.problems
    throw badUserInput(message, { field: ['draft', ...(field ?? [])].join('.') })
  }
  const rules = saved.schedules.filter(({ priority }) => priority !== BASE_PRIORITY)
  return { ...saved, schedules: [...rules, { ...checked.terms, id: DRAFT_ID, anchorAt, anchorIndex: 0 }] }
}

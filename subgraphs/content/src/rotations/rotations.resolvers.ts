import { eventCursor } from '@arv/events'
import { fromGlobalId, toGlobalId } from '@arv/relay'
import { actorOf } from '@arv/subgraph/access'
import type { Resolvers } from '../__generated__/resolver-types.ts'
import { scheduleProgress } from '../active-video/rules/advance-active-video.ts'
import type { ContentContext } from '../context.ts'
import type { Video } from '../videos/videos.repository.ts'
import { addRotationRule } from './add-rotation-rule.ts'
import { clearRotation } from './clear-rotation.ts'
import { removeRotationRule } from './remove-rotation-rule.ts'
import { rotationChanged, type RotationChange } from './rotation-changed.ts'
import { BASE_PRIORITY, dayOfWeek } from './rotation-schedule.ts'
import type { RotationSchedule } from './rotations.repository.ts'
import { setRotation } from './set-rotation.ts'
import { updateRotationRule } from './update-rotation-rule.ts'

export const rotationsResolvers: Resolvers = {
  Subscription: {
    rotationChanged: {
      subscribe: (_parent: unknown, args, context: ContentContext) => rotationChanged(args, context),
      resolve: (event: RotationChange) => event,
    },
  },
  Mutation: {
    setRotation: (_parent, { input }, context) => forgetting(context, setRotation(context, input)),
    clearRotation: (_parent, { input }, context) => forgetting(context, clearRotation(context, input)),
    addRotationRule: (_parent, { input }, context) => forgetting(context, addRotationRule(context, input)),
    updateRotationRule: (_parent, { input }, context) =>
      forgetting(context, updateRotationRule(context, input)),
    removeRotationRule: async (_parent, { input }, context) => {
      const payload = await forgetting(context, removeRotationRule(context, input))
      return 'content' in payload
        ? { ...payload, removedRuleId: toGlobalId('RotationSchedule', payload.removedRuleId) }
        : payload
    },
  },
  ArContent: {
    rotation: async (content, _args, { loaders }) => {
      const schedules = await loaders.rotations.ofContent.load(content)
      return schedules.find(({ priority }) => priority === BASE_PRIORITY) ?? null
    },
    rotationRules: async (content, _args, { loaders }) => {
      const schedules = await loaders.rotations.ofContent.load(content)
      return schedules.filter(({ priority }) => priority !== BASE_PRIORITY)
    },
  },
  RotationSchedule: {
    __resolveReference: ({ id }, { caller, loaders }) => {
      actorOf(caller)
      const rowId = fromGlobalId('RotationSchedule', id)
      return rowId === null ? null : loaders.rotations.byId.load(rowId)
    },
    id: ({ id }) => toGlobalId('RotationSchedule', id),
    content: ({ contentId }, _args, { loaders }) => loaders.contents.byId.load(contentId),
    dayOfWeek: (rotation) => (rotation.dayOfWeek === null ? null : dayOfWeek(rotation.dayOfWeek)),
    videoSequence: (rotation, _args, context) => videosOf(rotation, rotation.videoSequence, context),
    dayParts: ({ companyId, contentId, dayParts }) =>
      dayParts.map((part) => ({ ...part, companyId, contentId })),
    currentIndex: async (rotation, _args, context) => (await progressOf(rotation, context)).currentIndex,
    lastRotationAt: async (rotation, _args, context) =>
      (await progressOf(rotation, context)).lastRotationAt ?? rotation.lastRotationAt,
    nextRotationAt: async (rotation, _args, context) => (await progressOf(rotation, context)).nextRotationAt,
  },
  DayPart: {
    weekdays: ({ weekdays }) => weekdays.map(dayOfWeek),
    videos: (part, _args, context) => videosOf(part, part.videoIds, context),
  },
  RotationChange: {
    cursor: ({ position }) => eventCursor(position),
    reason: ({ payload }) => payload.reason,
    previousVideo: ({ payload }, _args, { loaders }) =>
      payload.previousVideoId === null ? null : loaders.videos.byId.load(payload.previousVideoId),
    video: ({ payload }, _args, { loaders }) =>
      payload.videoId === null ? null : loaders.videos.byId.load(payload.videoId),
    content: ({ subject }, _args, { loaders }) => loaders.contents.byId.load(subject.id),
  },
}

/** What was loaded before a change is no longer true. */
async function forgetting<T>(context: ContentContext, change: Promise<T>): Promise<T> {
  const payload = await change
  context.forget()
  return payload
}

/** The videos of a content by their ids, in this order; removed ones are left out. */
async function videosOf(
  { companyId, contentId }: Pick<RotationSchedule, 'companyId' | 'contentId'>,
  ids: readonly number[],
  { loaders }: ContentContext,
): Promise<Video[]> {
  const videos = await loaders.videos.ofContent.load({ companyId, id: contentId })
  const byId = new Map(videos.map((video) => [video.id, video]))
  return ids.flatMap((id) => byId.get(id) ?? [])
}

/** Where a schedule stands now: as it is stored, or, until the clock has caught up with a boundary, as it will be. */
async function progressOf(
  schedule: RotationSchedule,
  { loaders, now }: ContentContext,
): Promise<Pick<RotationSchedule, 'currentIndex' | 'lastRotationAt' | 'nextRotationAt'>> {
  const { nextRotationAt } = schedule
  if (nextRotationAt === null || nextRotationAt > now) return schedule
  return scheduleProgress(schedule, await loaders.timeZones.load(schedule.companyId), now)
}

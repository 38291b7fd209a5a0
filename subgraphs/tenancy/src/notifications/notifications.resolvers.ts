import { fromGlobalId, toGlobalId } from '@arv/relay'
import type { Resolvers } from '../__generated__/resolver-types.ts'
import type { TenancyContext } from '../context.ts'
import { loadExisting, loadNamed } from '../row-loaders.ts'
import type { Channel } from './delivery.ts'
import type { Delivery } from './deliveries.repository.ts'
import type { Notification } from './notifications.repository.ts'
import { resendNotification } from './resend-notification.ts'

/** A field of a notification that says how it goes out by a channel. */
function of<T>(channel: Channel, read: (delivery: Delivery | undefined) => T) {
  return async ({ id }: Notification, _args: unknown, { loaders }: TenancyContext): Promise<T> => {
    const deliveries = await loaders.deliveries.load(id)
    return read(deliveries.find((delivery) => delivery.channel === channel))
  }
}

const isSent = (delivery?: Delivery) => (delivery?.sentAt ?? null) !== null
const sentAt = (delivery?: Delivery) => delivery?.sentAt ?? null
const error = (delivery?: Delivery) => delivery?.error ?? null
const attempts = (delivery?: Delivery) => delivery?.attempts ?? 0
const nextAttemptAt = (delivery?: Delivery) => delivery?.nextAttemptAt ?? null

export const notificationsResolvers: Resolvers = {
  Notification: {
    __resolveReference: ({ id }, { loaders }) =>
      loadNamed(loaders.notifications, fromGlobalId('Notification', id)),
    id: ({ id }) => toGlobalId('Notification', id),
    company: ({ companyId }, _args, { loaders }) => loadExisting(loaders.companies, companyId),
    project: ({ projectId }, _args, { loaders }) => loadNamed(loaders.projects, projectId),
    content: ({ contentId }) => (contentId === null ? null : { id: toGlobalId('ArContent', contentId) }),
    emailSent: of('EMAIL', isSent),
    emailSentAt: of('EMAIL', sentAt),
    emailError: of('EMAIL', error),
    emailAttempts: of('EMAIL', attempts),
    emailNextAttemptAt: of('EMAIL', nextAttemptAt),
    telegramSent: of('TELEGRAM', isSent),
    telegramSentAt: of('TELEGRAM', sentAt),
    telegramError: of('TELEGRAM', error),
    telegramAttempts: of('TELEGRAM', attempts),
    telegramNextAttemptAt: of('TELEGRAM', nextAttemptAt),
  },
  Company: {
    notifications: (company, args, { loaders }) => loaders.notificationPages.load(company.id, args),
    isTelegramBlocked: ({ telegramChatId, telegramBlockedChatId }) =>
      telegramChatId !== null && telegramChatId === telegramBlockedChatId,
  },
  Mutation: {
    resendNotification: (_parent, { input }, { deps, caller }) => resendNotification(deps, caller, input.id),
  },
}

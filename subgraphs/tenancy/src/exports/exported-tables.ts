import type { ExportedTable } from '@arv/leaving'

/**
 * What an export holds of tenancy. Passwords and keys stay behind, also as hashes; so do sessions, and the seals of the
 * audit log, which mean something only beside the log that they seal.
 */
export const EXPORTED_TABLES: readonly ExportedTable[] = [
  {
    name: 'tenancy.companies',
    key: ['id'],
    where: 't.id = company.id',
    without: ['telegram_blocked_chat_id', 'erased_at'],
  },
  { name: 'tenancy.memberships', key: ['id'] },
  {
    name: 'tenancy.users',
    key: ['id'],
    where: 't.id in (select m.user_id from tenancy.memberships m where m.company_id = company.id)',
    without: ['password_hash', 'is_platform_admin'],
  },
  { name: 'tenancy.api_keys', key: ['id'], without: ['secret_hash'] },
  { name: 'tenancy.projects', key: ['id'] },
  { name: 'tenancy.notifications', key: ['id'] },
  { name: 'tenancy.notification_deliveries', key: ['notification_id', 'channel'] },
  { name: 'log.audit_entries', key: ['id'], without: ['tx'], isLarge: true },
]

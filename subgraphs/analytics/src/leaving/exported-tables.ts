import type { ExportedTable } from '@arv/leaving'

/** What an export holds of analytics. Keys of sessions only keep them unique, and are in the sessions themselves. */
export const EXPORTED_TABLES: readonly ExportedTable[] = [
  { name: 'analytics.content_views', key: ['content_id'] },
  { name: 'analytics.video_plays', key: ['video_id'] },
  { name: 'analytics.view_sessions', key: ['created_at', 'id'], isLarge: true },
]

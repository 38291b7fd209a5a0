import type { ExportedTable } from '@arv/leaving'

/** What an export holds of content. */
export const EXPORTED_TABLES: readonly ExportedTable[] = [
  { name: 'content.ar_contents', key: ['id'] },
  { name: 'content.videos', key: ['id'] },
  { name: 'content.video_captions', key: ['id'] },
  { name: 'content.rotation_schedules', key: ['id'] },
  { name: 'content.portraits', key: ['id'] },
  { name: 'content.video_activations', key: ['id'], isLarge: true },
]

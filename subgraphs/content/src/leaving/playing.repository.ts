import { companies, type Database } from '@arv/database'

const CONTENTS_A_TIME = 2_000

/** Takes from all contents of a company what plays in them, some thousand a transaction. */
export async function stopPlaying(database: Database, companyId: number, signal: AbortSignal): Promise<void> {
  const tenant = companies([companyId], { kind: 'job', name: 'erasure' })
  for (let isPlaying = true; isPlaying;) {
    signal.throwIfAborted()
    isPlaying = await database.write(tenant, async ({ sql }) => {
      const { count } = await sql`
        update content.ar_contents
        set active_video_id = null, active_video_rule = 'NONE', manual_video_id = null, manual_since = null,
          next_change_at = null
        where company_id = ${companyId} and id in (
          select id from content.ar_contents
          where company_id = ${companyId} and num_nonnulls(active_video_id, manual_video_id) > 0
          limit ${CONTENTS_A_TIME})`
      return count > 0
    })
  }
}

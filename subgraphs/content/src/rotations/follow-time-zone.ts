import { companies, type Database } from '@arv/database'
import type { EventWriter } from '@arv/events'
import type { JobHandler } from '@arv/jobs'
import { materialiseActiveVideo } from '../active-video/materialise-active-video.ts'
import { lockContent } from '../contents/contents.repository.ts'
import { holdTurns, listContentsInCompanyZone } from './company-zone.repository.ts'

export interface ZoneDeps {
  readonly database: Database
  readonly events: EventWriter
}

/**
 * Brings the contents of a company whose time zone has changed to the new one: their turns go on from where they are,
 * and change next when it is time there. Doing so again changes nothing.
 */
export function createZoneChangeHandler({ database, events }: ZoneDeps): JobHandler<'rotation.zone-changed'> {
  return async ({ companyId }, { signal }) => {
    const tenant = companies([companyId], { kind: 'job', name: 'rotation.zone-changed' })
    const contentIds = await database.read(tenant, (tx) => listContentsInCompanyZone(tx, companyId))
    for (const contentId of contentIds) {
      signal.throwIfAborted()
      await database.write(tenant, async (tx) => {
        const locked = await lockContent(tx, companyId, contentId)
        if (!locked) return
        await holdTurns(tx, locked)
        await materialiseActiveVideo(tx, events, locked, 'SCHEDULE_CHANGED')
      })
    }
  }
}

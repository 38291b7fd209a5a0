import { oneForEach } from '@arv/subgraph'
import DataLoader from 'dataloader'
import { listTimeZones } from './companies.repository.ts'
import type { Read } from './context.ts'

/** The time zone of a company that is there. */
export type TimeZoneLoader = DataLoader<number, string>

export function createTimeZoneLoader(read: Read): TimeZoneLoader {
  return new DataLoader(async (ids) => {
    const rows = await read((tx, visible) => listTimeZones(tx, ids, visible))
    return oneForEach(ids, rows, ({ id }) => id).map(
      (row) => row?.timeZone ?? new Error('the company of a content is not there'),
    )
  })
}

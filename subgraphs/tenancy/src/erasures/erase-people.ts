import { platform } from '@arv/database'
import type { EventSubject } from '@arv/events'
import type { JobHandler } from '@arv/jobs'
import { type ErasedTable, eraseRows, finishStep, repeatErasing } from '@arv/leaving'
import type { TenancyDeps } from '../tenancy-deps.ts'
import { removeKeys, removeNextPerson } from './people.repository.ts'

/** How a notification was sent goes with it. */
const ERASED_TABLES: readonly ErasedTable[] = [{ name: 'tenancy.notifications', key: ['id'] }]

/** The job `erasure.people`: nobody has anything to do with a company any more, and its gateways hear so. */
export function erasePeople(
  deps: Pick<TenancyDeps, 'database' | 'events' | 'jobs'>,
): JobHandler<'erasure.people'> {
  const { database, events, jobs } = deps
  const changed = (type: 'user' | 'apiKey', id: number) => ({
    type: 'principal.changed' as const,
    subject: { type, id } satisfies EventSubject,
    payload: {},
  })
  return async ({ companyId }, { signal }) => {
    const run = { companyId, step: 'PEOPLE', signal } as const
    if (!(await eraseRows(database, run, []))) return
    // People are of no company.
    const tenant = platform({ kind: 'job', name: 'erasure' }, companyId)
    await repeatErasing(
      database,
      run,
      async (tx) => {
        const keys = await removeKeys(tx, companyId)
        for (const id of keys) await events.append(tx, changed('apiKey', id))
        return { 'tenancy.api_keys': keys.length }
      },
      tenant,
    )
    await repeatErasing(
      database,
      run,
      async (tx) => {
        const person = await removeNextPerson(tx, companyId)
        if (!person) return {}
        await events.append(tx, changed('user', person.userId))
        return person.removed
      },
      tenant,
    )
    await eraseRows(database, run, ERASED_TABLES)
    await finishStep(database, companyId, 'VIEWS', (tx) => jobs.send(tx, 'erasure.views', { companyId }))
  }
}

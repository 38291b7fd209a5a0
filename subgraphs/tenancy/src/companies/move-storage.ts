import type { Caller } from '@arv/identity'
import { conflict, failure, type Failure, serviceUnavailable } from '@arv/subgraph'
import { z } from 'zod'
import type { TenancyDeps } from '../tenancy-deps.ts'
import type { Company } from './companies.repository.ts'

/** What media answers: the folders are there, or there are files that would have to move. */
const outcome = z.object({ outcome: z.enum(['READY', 'HAS_FILES']) })

/**
 * Makes a company's folders in another storage, with no transaction open. Nothing is done when the plan is refused,
 * or the company is there already.
 *
 * @throws GraphQLError SERVICE_UNAVAILABLE when the folders could not be made
 * @returns why the storage can't be changed; undefined when it can
 */
export async function moveStorage(
  { media, logger }: Pick<TenancyDeps, 'media' | 'logger'>,
  caller: Caller,
  storageConnectionId: number,
  plan: () => Promise<{ readonly company: Company } | Failure>,
): Promise<Failure | undefined> {
  const planned = await plan()
  if ('userErrors' in planned) return planned
  const { company } = planned
  if (company.storageConnectionId === storageConnectionId) return undefined
  const move = { companyId: company.id, storageConnectionId }
  try {
    const answer = outcome.parse(await media.command('moveCompany', move, caller))
    return answer.outcome === 'READY' ? undefined : HAS_FILES
  } catch (error) {
    logger.warn({ err: error, requestId: caller.requestId, ...move }, 'A company did not get another storage')
    throw serviceUnavailable('NOT_DONE')
  }
}

const HAS_FILES = failure(
  conflict(
    'storageConnectionId',
    'The company has files where it is: only an empty one can change its storage.',
  ),
)
